from __future__ import annotations

from django.db.models import Max

from openrvr.foundation.live.models import LiveEvent


def position() -> int:
    """The newest position: what a page that is being made now has already taken into account."""
    return LiveEvent.objects.aggregate(newest=Max("position"))["newest"] or 0
