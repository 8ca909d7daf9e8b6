from django.apps import AppConfig


class ClosingConfig(AppConfig):
    name = "openrvr.journey.closing"
    label = "closing"
    verbose_name = "Wrap-up and closing"
