"""When a text is tried again. Pure: no Django here."""

from __future__ import annotations

# Seconds to the next try, by the number of tries so far. After the last the failure is final.
# Quick at first: the victim and the call-taker are both waiting on the line.
RETRIES = (1, 2, 4, 8, 15, 30)


def next_try_in(attempts: int) -> int | None:
    """Seconds until the next try after `attempts` failed ones; None when there is none."""
    return RETRIES[attempts - 1] if attempts <= len(RETRIES) else None
