"""A thread as the pages' scripts read it."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest

from openrvr.foundation.kit.requests import NotUnderstood, identifier, json_body, text
from openrvr.journey.chat.models import LONGEST, Line
from openrvr.journey.chat.queries import Thread, unread_by_her
from openrvr.journey.invitation.models import Invitation


def after_of(request: HttpRequest) -> int:
    """The line that the page has read to. Raises NotUnderstood."""
    return _line_number(request.GET.get("after", "0"))


def until_of(request: HttpRequest) -> int:
    """The line that the page has shown to. Raises NotUnderstood."""
    return _line_number(str(json_body(request).get("until")))


def said_in(request: HttpRequest) -> tuple[str, uuid.UUID]:
    """The words of a line, and its key. Raises NotUnderstood."""
    body = json_body(request)
    # Too long is told in a sentence by the action, which counts as the reader does.
    return text(body, "words", longest=4 * LONGEST), identifier(body, "key")


def for_her(thread: Thread) -> dict[str, Any]:
    """Who writes to her goes by the role, never by name."""
    return {
        "lines": [line_for_her(line) for line in thread.lines],
        "read": thread.read,
        "seen": thread.seen,
    }


def news_for_her(invitation: Invitation) -> dict[str, Any]:
    """How much of what was written to her has not been on her screen, and the newest of it."""
    unread = list(unread_by_her(invitation))
    return {"unread": len(unread), "newest": line_for_her(unread[-1]) if unread else None}


def line_for_her(line: Line) -> dict[str, Any]:
    return {
        "id": line.pk,
        # By which the page that said it knows it again.
        "key": str(line.key),
        "side": line.side,
        "words": line.words,
        "at": line.at.isoformat(),
    }


def for_staff(thread: Thread, *, alive: Invitation | None, closed: str) -> dict[str, Any]:
    """`closed` says why nothing can be written now; empty where it can."""
    return {
        "lines": [line_for_staff(line, alive) for line in thread.lines],
        "read": thread.read,
        "seen": thread.seen,
        "closed": closed,
    }


def line_for_staff(line: Line, alive: Invitation | None) -> dict[str, Any]:
    """`earlier` where it was said by a link that has ended: another phone may have had that."""
    return {
        **line_for_her(line),
        "who": line.by.name if line.by else "",
        "earlier": alive is None or line.invitation_id != alive.pk,
    }


def _line_number(given: str) -> int:
    if not (given.isascii() and given.isdecimal() and len(given) <= 18):
        raise NotUnderstood
    return int(given)
