from django.apps import AppConfig


class PhoneConfig(AppConfig):
    name = "openrvr.consoles.phone"
    label = "phone"
    verbose_name = "The victim's phone"
