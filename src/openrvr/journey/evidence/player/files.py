"""A stored file sent to a player, in the parts that it asks for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from openrvr.journey.evidence.models import WorkingCopy
from openrvr.journey.evidence.player.ranges import NotSatisfiable, Part, asked_for
from openrvr.journey.evidence.sealed_files import SealedFile

# Bytes. A player asks for everything that follows and then reads as slowly as it plays, for hours
# where it is paused; each such request would hold one of a few threads. It may be sent less than it
# asked for (RFC 9110, section 15.3.7), and asks again.
LARGEST_PART = 1024 * 1024


def send(request: HttpRequest, made: WorkingCopy, content: SealedFile) -> HttpResponseBase:
    """The copy, or the part of it that the request asks for: 200, 206 or 416.

    Raises FileNotFoundError, DoesNotOpen.
    """
    tag = f'"{made.sha256}"'
    try:
        part = asked_for(_range_of(request, tag), content.size)
    except NotSatisfiable:
        answer: HttpResponseBase = HttpResponse(status=416)
        answer["Content-Range"] = f"bytes */{content.size}"
    else:
        answer = _part(content, part) if part else _whole(content)
        answer["Content-Type"] = made.media_type
    answer["Accept-Ranges"] = "bytes"
    answer["ETag"] = tag
    answer["X-Content-Type-Options"] = "nosniff"
    # Compressed again it would be no smaller, and its ranges would be others.
    answer["Content-Encoding"] = "identity"
    return answer


def _range_of(request: HttpRequest, tag: str) -> str:
    """The header `Range`; empty where it is about another file than this (section 13.1.5)."""
    if request.headers.get("If-Range", tag) != tag:
        return ""
    return request.headers.get("Range", "")


def _part(content: SealedFile, part: Part) -> HttpResponse:
    until = min(part.until, part.since + LARGEST_PART)
    # Read before anything is said: what is missing or was altered is a fault, not a short answer.
    answer = HttpResponse(b"".join(content.read(part.since, until)), status=206)
    answer["Content-Range"] = f"bytes {part.since}-{until - 1}/{content.size}"
    return answer


def _whole(content: SealedFile) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(content.read(0, content.size))
    answer["Content-Length"] = str(content.size)
    return answer
