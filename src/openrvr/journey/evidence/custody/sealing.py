"""What is stored: each slice under AES-256-GCM, bound to its place.

A stored object is a nonce of 12 random bytes and the ciphertext with its tag. The additional data
name exhibit, track, index and whether the slice is the track's last: a slice that was altered, or
that stands in another's place, does not open.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


class DoesNotOpen(Exception):
    """A stored object was altered, or is another's."""

    def __init__(self, place: Place) -> None:
        super().__init__(
            f"Slice {place.index} of track {place.track} does not open: it was altered, or it"
            " belongs elsewhere."
        )
        self.place = place


@dataclass(frozen=True)
class Place:
    """Where a piece belongs. `index` counts from 0; `final` marks the last of its track."""

    exhibit: str
    track: str
    index: int
    final: bool

    def authenticated(self) -> bytes:
        last = "final" if self.final else "more"
        return f"openrvr.slice.1|{self.exhibit}|{self.track}|{self.index}|{last}".encode()


def seal(content: bytes, place: Place, *, data_key: bytes) -> bytes:
    """What is stored for `content`: 28 bytes longer."""
    # Random, and not made from the place: a slice that is sent again after it was altered would
    # otherwise be encrypted under a nonce that was used before. 2**32 are safe under one key.
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(data_key).encrypt(nonce, content, place.authenticated())


def unseal(stored: bytes, place: Place, *, data_key: bytes) -> bytes:
    """The content of a stored object. Raises DoesNotOpen."""
    nonce, sealed = stored[:_NONCE_BYTES], stored[_NONCE_BYTES:]
    try:
        return AESGCM(data_key).decrypt(nonce, sealed, place.authenticated())
    except (InvalidTag, ValueError):
        raise DoesNotOpen(place) from None
