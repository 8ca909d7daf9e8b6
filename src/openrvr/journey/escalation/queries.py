from __future__ import annotations

from django.db.models import QuerySet

from openrvr.journey.escalation.models import PhysicalRequest


def goes_covertly(case_id: int) -> bool:
    """A patrol goes to her that she asked for without a sound."""
    asked = PhysicalRequest.objects.filter(case_id=case_id, covert=True)
    return asked.exclude(acknowledged_at=None).exists()


def alarming() -> QuerySet[PhysicalRequest]:
    """Requests that nobody has acknowledged yet, oldest first."""
    return (
        PhysicalRequest.objects.filter(acknowledged_at=None)
        .select_related("case")
        .order_by("asked_at")
    )
