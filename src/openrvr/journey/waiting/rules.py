"""Whom to ring, and how long that will take. Pure: no Django here."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import heapify, heappop, heappush
from statistics import median

# Fewer than these tell nothing of how long something takes.
ENOUGH = 5
# A battery that may not last for a call.
LOW_BATTERY = 15  # per cent
# Her page says every ten seconds that it is there.
SILENT_AFTER = 25.0  # seconds


@dataclass(frozen=True)
class FreeOfficer:
    """An officer on duty who is neither in a call nor being rung."""

    account_id: int
    languages: frozenset[str]
    rested_since: datetime


def next_to_ring(
    free: Sequence[FreeOfficer], *, language: str, rung_this_round: frozenset[int]
) -> FreeOfficer | None:
    """The officer to ring now: one who speaks her language, then who has rested longest.

    Nobody is rung twice in a round; None when everybody who is free has been.
    """
    left = [officer for officer in free if officer.account_id not in rung_this_round]
    if not left:
        return None
    return min(
        left,
        key=lambda officer: (
            language not in officer.languages,
            officer.rested_since,
            officer.account_id,
        ),
    )


@dataclass(frozen=True)
class Hub:
    """What the video hub is doing at one moment. All times are seconds.

    `so_far`: for each officer in a call, how long that call has lasted. `lengths`: how long recent
    calls lasted. `answers`: how long recent rings that were answered had rung.
    """

    free: int
    so_far: tuple[float, ...]
    lengths: tuple[float, ...]
    answers: tuple[float, ...]


def expected_wait(hub: Hub, *, before: int) -> float | None:
    """Seconds until an officer answers her, with `before` people before her; None: not known.

    Each of them takes the officer who comes free first, for a call of the usual length. A call that
    goes on has as much left as those among the recent ones that lasted longer; where none did,
    nobody can say. Officers who are rung for somebody else come with those people.
    """
    if len(hub.answers) < ENOUGH:
        return None
    answer = median(hub.answers)
    lengths = sorted(hub.lengths) if len(hub.lengths) >= ENOUGH else []
    usual = median(lengths) if lengths else math.inf
    free_in = [0.0] * hub.free + [_left_of(lengths, since) for since in hub.so_far]
    heapify(free_in)
    for _ in range(before):
        if free_in:
            heappush(free_in, heappop(free_in) + answer + usual)
    wait = free_in[0] + answer if free_in else math.inf
    return None if math.isinf(wait) else wait


def _left_of(lengths: list[float], so_far: float) -> float:
    """What is left of a call, by those of `lengths` (in order) that lasted longer than `so_far`."""
    longer = lengths[bisect_right(lengths, so_far) :]
    return median(longer) - so_far if longer else math.inf


def about_minutes(seconds: float) -> int:
    """A wait as it is told: upwards, and the rounder the longer. 61 is more than an hour.

    Never less than it is, so that it is not counted down to a nought at which nobody comes.
    """
    minutes = max(1, math.ceil(seconds / 60))
    step = 1 if minutes <= 5 else 5 if minutes <= 30 else 10
    return min(61, math.ceil(minutes / step) * step)


def is_low(battery: int | None, *, charging: bool) -> bool:
    """Whether a phone may go out in the middle of a call; not known is no."""
    return battery is not None and battery <= LOW_BATTERY and not charging
