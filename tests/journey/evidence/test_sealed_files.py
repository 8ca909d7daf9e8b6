"""Files in pieces: every part of any file is read as it was written."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openrvr.journey.evidence.custody.keys import new_key
from openrvr.journey.evidence.custody.sealing import DoesNotOpen
from openrvr.journey.evidence.sealed_files import PIECE, Joined, SealedFile, write

KEY = new_key()


def sealed(content: bytes) -> SealedFile:
    pieces = write(io.BytesIO(content), exhibit="e", name="n", data_key=KEY)
    return SealedFile("e", "n", pieces, len(content), KEY)


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE + 5])
def test_what_was_written_is_read(size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    file = sealed(content[:size])
    assert b"".join(file.read(0, size)) == content[:size]
    for since, until in ((0, size), (size // 2, size), (size // 3, size // 2), (size, size)):
        assert b"".join(file.read(since, until)) == content[since:until]


def test_pieces_that_changed_places_do_not_open() -> None:
    file = sealed(bytes(PIECE) + b"end")
    swapped = SealedFile("e", "n", file.pieces[::-1], file.size, KEY)
    with pytest.raises(DoesNotOpen):
        list(swapped.read(0, file.size))


def test_a_file_whose_end_was_cut_off_does_not_open() -> None:
    file = sealed(bytes(PIECE) + b"end")
    shorter = SealedFile("e", "n", file.pieces[:1], PIECE, KEY)
    with pytest.raises(DoesNotOpen):
        list(shorter.read(0, PIECE))


@given(st.lists(st.binary(max_size=50)), st.integers(1, 60))
def test_joined_pieces_are_one_file(pieces: list[bytes], size: int) -> None:
    joined = io.BufferedReader(Joined(iter(pieces)), size)
    assert joined.read() == b"".join(pieces)
