from __future__ import annotations

import uuid

from django.utils import timezone
from procrastinate.contrib.django import app


@app.task(name="evidence.copy", queue="evidence")
def copy(track_id: str) -> None:
    """Make the working copy of a track whose recorder has stopped."""
    from openrvr.journey.evidence import copies  # noqa: PLC0415 - the actions defer this job
    from openrvr.journey.evidence.models import Track  # noqa: PLC0415

    copies.bring_up_to_date(Track.objects.get(pk=uuid.UUID(track_id)), now=timezone.now())
