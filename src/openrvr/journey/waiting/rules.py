"""Whom to ring. Pure: no Django here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


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
