from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "openrvr.journey.evidence"
    label = "evidence"
    verbose_name = "Evidence"
