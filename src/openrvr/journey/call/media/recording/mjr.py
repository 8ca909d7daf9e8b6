"""Janus' own recordings (.mjr), as far as it has written them.

`MJR00002`, the length of a description as two bytes in network order, the description in JSON; then
the packets in the order in which they arrived, each with `MEET`, the milliseconds since the
description was written (four bytes), its length (two bytes) and its bytes as they came: RTP for
sound and picture. https://janus.conf.meetecho.com/docs/recordings.html
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

_MAGIC = b"MJR00002"
_FRAME = struct.Struct("!4sIH")
_MEET = b"MEET"


class NotAnMjr(Exception):
    """Something else stands where a recording of Janus' ought to go on."""


@dataclass(frozen=True)
class Head:
    """`kind` is a or v (sound, picture); `began` is by the node's clock."""

    kind: str
    codec: str
    began: datetime
    size: int  # Bytes, with all that comes before the first packet.


class Packet(NamedTuple):
    """`at` by the node's clock; `end` is the offset of what comes next in the file."""

    at: datetime
    end: int


def head(content: bytes) -> Head | None:
    """How a file begins; None while that is not written yet. Raises NotAnMjr."""
    if not content.startswith(_MAGIC[: len(content)]):
        raise NotAnMjr(content[:8].hex())
    start = len(_MAGIC) + 2
    if len(content) < start:
        return None
    (length,) = struct.unpack_from("!H", content, len(_MAGIC))
    if len(content) < start + length:
        return None
    try:
        said = json.loads(content[start : start + length])
        # `u` is when the first packet was written, in microseconds since 1970.
        began = datetime.fromtimestamp(said["u"] / 1_000_000, UTC)
        return Head(str(said["t"]), str(said["c"]), began, start + length)
    except (ValueError, KeyError, TypeError, OverflowError, OSError):
        raise NotAnMjr("its description cannot be read") from None


def packets(content: bytes, *, offset: int, head: Head) -> Iterator[Packet]:
    """The whole packets of `content`, which begins at `offset` of its file. Raises NotAnMjr.

    Of sound and picture: what comes on a data channel is written in another way.
    """
    at = 0
    while at + _FRAME.size <= len(content):
        mark, milliseconds, length = _FRAME.unpack_from(content, at)
        if mark != _MEET:
            raise NotAnMjr(f"no packet begins at {offset + at}")
        at += _FRAME.size + length
        if at > len(content):
            return
        yield Packet(head.began + timedelta(milliseconds=milliseconds), offset + at)
