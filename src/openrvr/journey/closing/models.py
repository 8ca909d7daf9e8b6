from __future__ import annotations

from django.conf import settings
from django.db import models

from openrvr.foundation.cases.models import Case


class WrapUp(models.Model):
    """What the officer writes after the call: outcome and notes. Each field saves by itself."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="wrap_up")
    outcome = models.CharField(max_length=40, blank=True)
    notes = models.TextField(max_length=20000, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    written_at = models.DateTimeField(null=True)

    personal_data = "what was said and decided in the call"

    def __str__(self) -> str:
        return f"wrap-up of {self.case}"
