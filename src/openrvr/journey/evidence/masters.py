"""A master: the slices of a track in their order, as they were captured."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from openrvr.journey.evidence import vault
from openrvr.journey.evidence.custody.sealing import Place
from openrvr.journey.evidence.models import Slice, Track


class MasterDamaged(Exception):
    """A stored slice is not what was receipted; the sentence says which."""


def content(track: Track, *, data_key: bytes) -> Iterator[bytes]:
    """Each slice, decrypted and held against the hash that was receipted.

    Raises MasterDamaged, DoesNotOpen.
    """
    return contents(track, track.slices.order_by("index").iterator(), data_key=data_key)


def contents(track: Track, slices: Iterable[Slice], *, data_key: bytes) -> Iterator[bytes]:
    """`content`, of these slices of the track only."""
    for each in slices:
        place = Place(str(track.exhibit_id), str(track.pk), each.index, each.final)
        try:
            found = vault.fetch(each.stored_as, place, data_key=data_key)
        except FileNotFoundError:
            raise MasterDamaged(f"Slice {each.index} of track {track.pk} is missing.") from None
        if hashlib.sha256(found).hexdigest() != each.sha256:
            raise MasterDamaged(f"Slice {each.index} of track {track.pk} was altered.")
        yield found
