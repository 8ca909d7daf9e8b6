from __future__ import annotations

from django.db.models import QuerySet

from openrvr.journey.escalation.models import PhysicalRequest


def alarming() -> QuerySet[PhysicalRequest]:
    """Requests that nobody has acknowledged yet, oldest first."""
    return (
        PhysicalRequest.objects.filter(acknowledged_at=None)
        .select_related("case")
        .order_by("asked_at")
    )
