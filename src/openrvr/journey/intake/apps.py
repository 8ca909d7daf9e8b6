from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "openrvr.journey.intake"
    label = "intake"
    verbose_name = "Report and grade"
