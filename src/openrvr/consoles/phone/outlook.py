"""What she is told while she waits: her place, and how long it will be about."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from openrvr.journey.call.queries import lengths, lengths_so_far
from openrvr.journey.waiting.models import Ring, Waiting
from openrvr.journey.waiting.queries import before, seconds_to_answer, strength
from openrvr.journey.waiting.rules import Hub, about_minutes, expected_wait


def outlook(waiting: Waiting, ring: Ring | None, now: datetime) -> dict[str, Any]:
    """`before`: people before her. `ringing`: an officer is rung for her. `about`: minutes, 61 for
    more than an hour, None where it is not known. `longer`: than she was promised. `nobody`: no
    officer is on duty."""
    ahead, officers = before(waiting), strength()
    hub = Hub(
        # Whoever is rung is free for somebody: for those before her, or for her.
        free=officers.free + officers.ringing,
        so_far=lengths_so_far(now),
        lengths=lengths(now),
        answers=seconds_to_answer(now),
    )
    # Rung for, she is the next to be answered, whoever else is before her.
    seconds = expected_wait(hub, before=0 if ring else ahead)
    return {
        "since": waiting.since.isoformat(),
        "promised_by": waiting.promised_by.isoformat(),
        "before": ahead,
        "ringing": ring is not None,
        "about": None if seconds is None else about_minutes(seconds),
        "longer": seconds is not None and now + timedelta(seconds=seconds) > waiting.promised_by,
        "nobody": officers.on_duty == 0,
    }
