"""When a text may be sent. Pure: no Django here."""

from __future__ import annotations

from datetime import datetime

# Seconds to the next try, by the number of tries so far. After the last the failure is final.
# Quick at first: the victim and the call-taker are both waiting on the line.
RETRIES = (1, 2, 4, 8, 15, 30)


def minutes(clock: str) -> int:
    """`08:30` -> 510; `24:00` -> 1440."""
    hours, _, rest = clock.partition(":")
    return int(hours) * 60 + int(rest)


def is_within_hours(local: datetime, begins: str, ends: str) -> bool:
    """Whether a local time lies in [begins, ends), also across midnight (`22:00` to `06:00`)."""
    at, first, last = local.hour * 60 + local.minute, minutes(begins), minutes(ends)
    if first == last:
        return False
    if first < last:
        return first <= at < last
    return at >= first or at < last


def next_try_in(attempts: int) -> int | None:
    """Seconds until the next try after `attempts` failed ones; None when there is none."""
    return RETRIES[attempts - 1] if attempts <= len(RETRIES) else None
