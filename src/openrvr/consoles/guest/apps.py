from django.apps import AppConfig


class GuestConfig(AppConfig):
    name = "openrvr.consoles.guest"
    label = "guest"
    verbose_name = "Whoever is asked into a call"
