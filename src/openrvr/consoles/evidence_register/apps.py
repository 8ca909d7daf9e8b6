from django.apps import AppConfig


class EvidenceRegisterConfig(AppConfig):
    name = "openrvr.consoles.evidence_register"
    label = "evidence_register"
    verbose_name = "Evidence register"
