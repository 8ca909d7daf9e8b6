"""What was written with her, kept as an exhibit as it stood when the call ended."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from datetime import datetime

from openrvr.foundation.people.actors import service
from openrvr.foundation.unit_of_work import unit_of_work
from openrvr.journey.call.news import CallEnded
from openrvr.journey.chat.models import Line
from openrvr.journey.chat.queries import of_invitation
from openrvr.journey.evidence.actions import Piece, begin_exhibit, case_number, keep_in
from openrvr.journey.evidence.custody.chain import instant
from openrvr.journey.evidence.models import Exhibit, Kind
from openrvr.journey.evidence.rules import LARGEST_SLICE

MEDIA_TYPE = "text/plain"
_BY = service("written messages")


@unit_of_work()
def freeze(over: CallEnded) -> None:
    """From the first line, while she waited, to the end of the call. Without a line, nothing."""
    call, now = over.call, over.now
    lines = of_invitation(call.invitation).lines
    if not lines:
        return
    exhibit = begin_exhibit(
        Exhibit(
            case=call.case,
            number=case_number(call.case_id),
            kind=Kind.THREAD,
            call=call,
            made_at=now,
        ),
        by=_BY,
        now=now,
        lines=len(lines),
    )
    _keep(exhibit, as_text(lines).encode(), now=now)


def as_text(lines: list[Line]) -> str:
    """One line of the thread a paragraph: when (UTC), who, the words, and who was shown it when.

    What was written over several lines is set in, so that no words look like another paragraph.
    """
    return "\n".join(_paragraph(line) for line in lines)


def _paragraph(line: Line) -> str:
    who = f"{line.by.name} ({line.get_side_display().lower()})" if line.by else "The victim"
    shown = [
        f"    shown to: {each.get_to_display().lower()}, {instant(each.at)}\n"
        for each in line.shown.order_by("id")
    ]
    words = line.words.replace("\n", "\n        ")
    return f"{instant(line.at)} {who}:\n        {words}\n{''.join(shown)}"


def _keep(exhibit: Exhibit, content: bytes, *, now: datetime) -> None:
    track, pieces = uuid.uuid4(), list(_pieces(content))
    for index, each in enumerate(pieces):
        piece = Piece(
            track=track,
            index=index,
            person="everybody",
            media_type=MEDIA_TYPE,
            sha256=hashlib.sha256(each).hexdigest(),
            since=now,
            until=now,
            final=index == len(pieces) - 1,
        )
        keep_in(exhibit, piece, each, by=_BY, now=now)


def _pieces(content: bytes) -> Iterator[bytes]:
    for begins in range(0, len(content), LARGEST_SLICE):
        yield content[begins : begins + LARGEST_SLICE]
