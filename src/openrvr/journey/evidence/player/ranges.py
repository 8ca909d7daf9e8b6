"""The header `Range` of a request for bytes: RFC 9110, section 14. Pure.

Only single ranges: of several, players ask for none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SINGLE = re.compile(r"bytes=[ \t]*(\d{0,19})-(\d{0,19})[ \t]*", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """The bytes from `since` up to but not `until`."""

    since: int
    until: int


class NotSatisfiable(Exception):
    """None of the bytes that are asked for exist: to be answered with 416."""


def asked_for(header: str, size: int) -> Part | None:
    """The part of `size` bytes that is asked for; None where all of it is to be sent.

    What is not a valid single range is ignored (section 14.2), and so is an empty header. Raises
    NotSatisfiable.
    """
    found = _SINGLE.fullmatch(header)
    if not found or not any(found.groups()):
        return None
    first, last = found.groups()
    if not first:
        return _suffix(int(last), size)
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise NotSatisfiable
    return Part(int(first), min(int(last) + 1, size) if last else size)


def _suffix(length: int, size: int) -> Part:
    if not length or not size:
        raise NotSatisfiable
    return Part(max(0, size - length), size)
