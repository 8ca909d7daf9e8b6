"""A part of a page, drawn anew: with when it was read, so that no older one covers a newer one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

READ_AT = "Fragment-Read-At"


def fragment(
    request: HttpRequest, template: str, read: Callable[[], dict[str, Any]]
) -> HttpResponse:
    """Draws `template` with what `read` finds; its header `Fragment-Read-At` is in microseconds.

    Answers overtake each other on their way. Of two fragments the one that began to be read later
    knows all that the other knows, whichever arrives first: `fragments.ts` drops the other. The
    clock is the database's, which all web processes share.
    """
    read_at = _database_microseconds()
    response = render(request, template, read())
    response[READ_AT] = str(read_at)
    return response


def _database_microseconds() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")
        (microseconds,) = cursor.fetchone()
    return int(microseconds)
