from django.apps import AppConfig


class ControlRoomConfig(AppConfig):
    name = "openrvr.consoles.control_room"
    label = "control_room"
    verbose_name = "Control room"
