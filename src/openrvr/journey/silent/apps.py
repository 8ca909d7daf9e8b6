from django.apps import AppConfig


class SilentConfig(AppConfig):
    name = "openrvr.journey.silent"
    label = "silent"
    verbose_name = "Told without a sound"
