"""How long something is kept. Pure: the longest category wins, and a hold beats every schedule."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime


def is_ended(until: datetime | None, *, until_reviewed: bool) -> bool:
    """Whether a review has ended a category: it can begin again. Others end by themselves."""
    return until_reviewed and until is not None


def kept_until(categories: Iterable[datetime | None], *, held: bool) -> datetime | None:
    """The instant from which an exhibit may be destroyed; None while nobody can say.

    `categories` has the end of each category that the exhibit is kept in, None for one that goes
    on until somebody has reviewed it. Without any category nothing is destroyed: somebody has to
    say first what it is kept for.
    """
    ends = list(categories)
    if held or not ends:
        return None
    latest: datetime | None = None
    for end in ends:
        if end is None:
            return None
        latest = end if latest is None else max(latest, end)
    return latest
