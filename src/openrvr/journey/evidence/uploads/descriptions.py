"""Reading what her phone says of what it sends: one header, in JSON, with every piece."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass
from typing import Any

from openrvr.foundation.kit.requests import NotUnderstood

HEADER = "Upload"
LONGEST_NAME = 200
_HASH = re.compile(r"[0-9a-f]{64}")
# JavaScript's largest whole number: what is beyond was rounded on the way.
_LARGEST = 2**53


@dataclass(frozen=True)
class Described:
    """A file as her phone announces it, and one piece of it.

    `size` is in bytes, of the whole; `sha256` of the whole and `piece` of this piece, in
    hexadecimal. `request` is the officer's request that it answers.
    """

    key: uuid.UUID
    name: str
    size: int
    sha256: str
    piece: str
    request: int | None = None


def read_description(header: str, *, key: uuid.UUID) -> Described:
    """Raises NotUnderstood."""
    try:
        said = json.loads(header)
        return Described(
            key=key,
            name=_name(said["name"]),
            size=_count(said["size"]),
            sha256=_hash(said["sha256"]),
            piece=_hash(said["piece"]),
            request=None if said["request"] is None else _count(said["request"]),
        )
    except (ValueError, KeyError, TypeError):
        raise NotUnderstood("What was said of the file could not be understood.") from None


def _name(given: Any) -> str:
    """What can be shown in one line, and leads nowhere: the name alone, without a folder.

    Marks that turn the direction of writing would let `fdp.exe` read as `exe.pdf`.
    """
    if not isinstance(given, str):
        raise TypeError(given)
    last = re.split(r"[/\\]", given[:10_000])[-1]
    shown = "".join(each if each.isprintable() else " " for each in last)
    return " ".join(shown.split())[:LONGEST_NAME]


def _count(given: Any) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= _LARGEST:
        raise ValueError(given)
    return given


def _hash(given: Any) -> str:
    if not isinstance(given, str) or not _HASH.fullmatch(given):
        raise ValueError(given)
    return given
