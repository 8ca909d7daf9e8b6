from django.apps import AppConfig


class WaitingConfig(AppConfig):
    name = "openrvr.journey.waiting"
    label = "waiting"
    verbose_name = "Waiting for an officer"
