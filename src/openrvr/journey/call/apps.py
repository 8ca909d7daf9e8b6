from django.apps import AppConfig


class CallConfig(AppConfig):
    name = "openrvr.journey.call"
    label = "call"
    verbose_name = "The call"
