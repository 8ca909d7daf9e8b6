from django.apps import AppConfig
from django.core.checks import register


class EvidenceConfig(AppConfig):
    name = "openrvr.journey.evidence"
    label = "evidence"
    verbose_name = "Evidence"

    def ready(self) -> None:
        """What `openrvr check` says of what is kept; an antivirus would slow every other start."""
        from openrvr.journey.evidence.checks import copies_can_be_made, files_are_scanned

        register(files_are_scanned, deploy=True)
        register(copies_can_be_made, deploy=True)
