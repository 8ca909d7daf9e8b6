from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from openrvr.foundation.cases.models import Case


class PhysicalRequest(models.Model):
    """A patrol is asked for. It alarms the control room until a person acknowledges it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="physical_requests")
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=160)
    reason = models.CharField(max_length=300)
    location = models.CharField(max_length=300, blank=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    covert = models.BooleanField(
        default=False,
        help_text="She asked without a sound: neither her screen nor a sound tells of it.",
    )

    personal_data = "where a victim is"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(acknowledged_at__isnull=True),
                name="physical_asked_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="physical_acknowledged_by_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"physical response for {self.case}"
