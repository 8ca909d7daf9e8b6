from django.apps import AppConfig


class OfficerDeskConfig(AppConfig):
    name = "openrvr.consoles.officer_desk"
    label = "officer_desk"
    verbose_name = "Officer desk"
