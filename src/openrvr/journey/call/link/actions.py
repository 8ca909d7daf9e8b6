"""The call's log of its connections."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from datetime import datetime, timedelta

from openrvr.foundation.unit_of_work import unit_of_work
from openrvr.journey.call.link.readings import Reading
from openrvr.journey.call.models import Call, LinkReading, Side

# The last ones come when the page has heard that the call is over.
STILL_TAKEN = timedelta(minutes=2)


@unit_of_work()
def note(call_id: uuid.UUID, side: Side, readings: list[Reading], *, now: datetime) -> int:
    """Keep what a page has read; the same reading twice is kept once.

    Returns how many are of the call: what is said to be from before or after it is left out.
    """
    call = Call.objects.get(pk=call_id)
    until = (call.ended_at or now) + STILL_TAKEN
    rows = []
    for reading in readings:
        values = asdict(reading)
        at = now - timedelta(seconds=values.pop("ago"))
        if call.started_at <= at <= until:
            rows.append(LinkReading(call=call, side=side, at=at, **values))
    LinkReading.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
