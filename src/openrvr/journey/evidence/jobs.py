from __future__ import annotations

import uuid

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from openrvr.journey.evidence.screening.antivirus import CannotScan

# An antivirus that restarts is back in seconds, one that broke perhaps tomorrow: 28 hours in all.
_UNTIL_IT_LOOKS = RetryStrategy(max_attempts=200, linear_wait=5, retry_exceptions=[CannotScan])


@app.task(name="evidence.copy", queue="evidence")
def copy(track_id: str) -> None:
    """Make the working copy of a track whose recorder has stopped."""
    from openrvr.journey.evidence import copies  # noqa: PLC0415 - the actions defer this job
    from openrvr.journey.evidence.models import Track  # noqa: PLC0415

    copies.bring_up_to_date(Track.objects.get(pk=uuid.UUID(track_id)), now=timezone.now())


@app.task(name="evidence.look", queue="evidence", retry=_UNTIL_IT_LOOKS)
def look(exhibit_id: str) -> None:
    """Have the antivirus look at what she has sent, and make what may be seen of it."""
    from openrvr.journey.evidence.screening.chosen import antivirus  # noqa: PLC0415 - settings
    from openrvr.journey.evidence.uploads import receiving  # noqa: PLC0415 - the actions defer it

    receiving.receive(uuid.UUID(exhibit_id), antivirus(), now=timezone.now())
