"""Reading what a recorder says of a slice: one header, in JSON."""

from __future__ import annotations

import json
import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from openrvr.foundation.kit.requests import NotUnderstood
from openrvr.journey.evidence.actions import MOST_SLICES, Piece
from openrvr.journey.evidence.rules import Cause, Missing

HEADER = "Slice"
_PERSON = re.compile(r"[a-z][a-z0-9-]{0,19}")
# Chromium calls WebM with H.264 in it by the name of the container that WebM is a part of.
_MEDIA_TYPE = re.compile(r"(audio|video)/(webm|x-matroska)(;codecs=[A-Za-z0-9.,]{1,50})?")
_HASH = re.compile(r"[0-9a-f]{64}")
_MOST_CONDITIONS = 50
# A slice is two seconds, or what came of a busy machine: it cannot cover a call.
LONGEST = timedelta(seconds=15)
# The year 2000 and 2100 in milliseconds: what is outside is no clock.
_EARLIEST, _LATEST = 946_684_800_000, 4_102_444_800_000


def read_piece(
    header: str, *, track: uuid.UUID, index: int, person: str = "", media_type: str = ""
) -> Piece:
    """The piece that `header` describes; instants are milliseconds since 1970.

    `person` and `media_type` are what is known otherwise. Raises NotUnderstood.
    """
    try:
        said = json.loads(header)
        piece = Piece(
            track=track,
            index=index,
            person=person or _matching(_PERSON, said["person"]),
            media_type=media_type or _matching(_MEDIA_TYPE, said["mediaType"]),
            **_what_it_holds(said),
        )
    except (ValueError, KeyError, TypeError):
        raise NotUnderstood("What was said of the slice could not be understood.") from None
    if not timedelta() <= piece.until - piece.since <= LONGEST or index >= MOST_SLICES:
        raise NotUnderstood("What was said of the slice cannot be true.")
    return piece


def _what_it_holds(said: dict[str, Any]) -> dict[str, Any]:
    ended = said.get("ended") or ""
    return {
        "sha256": _matching(_HASH, said["sha256"]),
        "since": _instant(said["since"]),
        "until": _instant(said["until"]),
        "final": said["final"] is True,
        "ended": Cause(ended).value if ended else "",
        "conditions": _conditions(said["conditions"]),
    }


def _conditions(said: list[Any]) -> tuple[tuple[datetime, datetime, Missing, Cause], ...]:
    """What the recorder noticed; of more than a page of ours tells, the rest is one absence."""
    told = [_condition(each) for each in said]
    rest = told[_MOST_CONDITIONS:]
    if rest:
        since, until = min(each[0] for each in rest), max(each[1] for each in rest)
        told[_MOST_CONDITIONS:] = [(since, until, Missing.EVERYTHING, Cause.UNKNOWN)]
    return tuple(told)


def _condition(said: dict[str, Any]) -> tuple[datetime, datetime, Missing, Cause]:
    since, until = _instant(said["since"]), _instant(said["until"])
    return since, until, Missing(said["missing"]), Cause(said["cause"])


def _instant(milliseconds: object) -> datetime:
    if not isinstance(milliseconds, int | float) or not _EARLIEST < milliseconds < _LATEST:
        raise ValueError(milliseconds)
    return datetime.fromtimestamp(round(milliseconds) / 1000, UTC)


def _matching(pattern: re.Pattern[str], value: object) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError(value)
    return value
