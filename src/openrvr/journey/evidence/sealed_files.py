"""Files of any size under an exhibit's key, in pieces, so that a part of one can be read alone."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from openrvr.journey.evidence import vault
from openrvr.journey.evidence.custody.sealing import Place

# Bytes: a player asks for a few hundred kB at a time.
PIECE = 1024 * 1024


@dataclass(frozen=True)
class SealedFile:
    """A stored file by its pieces' names; all have `piece` bytes but the last."""

    exhibit: str
    name: str
    pieces: Sequence[str]
    size: int
    data_key: bytes = field(repr=False)
    piece: int = PIECE

    def read(self, since: int, until: int) -> Iterator[bytes]:
        """The bytes from `since` up to but not `until`, 0 <= since <= until <= size.

        Raises FileNotFoundError, DoesNotOpen.
        """
        for index in range(since // self.piece, -(-until // self.piece)):
            begins = index * self.piece
            content = vault.fetch(self.pieces[index], self._place(index), data_key=self.data_key)
            yield content[max(0, since - begins) : until - begins]

    def _place(self, index: int) -> Place:
        return Place(self.exhibit, self.name, index, final=index == len(self.pieces) - 1)


def write(source: BinaryIO, *, exhibit: str, name: str, data_key: bytes) -> list[str]:
    """Store everything that `source` holds; returns its pieces' names. Raises NoRoom.

    What was stored when something fails is deleted again.
    """
    stored: list[str] = []
    piece = source.read(PIECE)
    try:
        while True:
            following = source.read(PIECE)
            place = Place(exhibit, name, len(stored), final=not following)
            stored.append(vault.store(piece, place, data_key=data_key))
            if not following:
                return stored
            piece = following
    except BaseException:
        for each in stored:
            vault.forget(each)
        raise


class Joined(io.RawIOBase):
    """Pieces that come one after the other, as one file to read from."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            try:
                self._rest = memoryview(next(self._pieces))
            except StopIteration:
                return 0
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count
