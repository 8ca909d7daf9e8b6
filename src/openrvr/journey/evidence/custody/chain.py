"""The custody log of one exhibit: entries in a hash chain, each signed by the service.

An entry's canonical form is its JSON with sorted keys, no blanks, in UTF-8. Its hash is
SHA-256(previous hash || canonical form), the first entry's previous hash being 32 zero bytes; its
signature is Ed25519 (RFC 8032) over `openrvr.custody.1` || hash. A signed entry about a slice is
the receipt that the recorder waits for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from openrvr.journey.evidence.custody.keys import PublicKeys, SigningKey

GENESIS = bytes(32)
_CONTEXT = b"openrvr.custody.1"


class ChainFault(Exception):
    """A custody log is not what was written; the sentence names the first entry that is wrong."""


@dataclass(frozen=True)
class Entry:
    """What was done to an exhibit, by whom and when.

    `by` has the keys kind, id and label; `details` holds only what JSON can hold.
    """

    exhibit: str
    position: int
    at: datetime
    by: dict[str, str]
    what: str
    details: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        return {
            "exhibit": self.exhibit,
            "position": self.position,
            "at": instant(self.at),
            "by": self.by,
            "what": self.what,
            "details": self.details,
        }

    def canonical(self) -> bytes:
        return canonical(self.as_json())


@dataclass(frozen=True)
class Signed:
    """An entry in its place: `hash` is 32 bytes, `signature` 64, `key` the signing key's id."""

    entry: Entry
    previous: bytes
    hash: bytes
    signature: bytes
    key: str

    def as_json(self) -> dict[str, Any]:
        return {
            "entry": self.entry.as_json(),
            "previous": self.previous.hex(),
            "hash": self.hash.hex(),
            "signature": self.signature.hex(),
            "key": self.key,
        }


def canonical(value: Any) -> bytes:
    """The one way to write `value` as JSON. Raises ValueError for what JSON cannot hold."""
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def instant(at: datetime) -> str:
    """In UTC, with microseconds: `2026-11-23T12:00:00.000000Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def sign(entry: Entry, *, previous: bytes, key: SigningKey) -> Signed:
    """Put an entry after the one whose hash is `previous`."""
    hashed = hashlib.sha256(previous + entry.canonical()).digest()
    return Signed(entry, previous, hashed, key.sign(_CONTEXT + hashed), key.id)


def read(stored: dict[str, Any]) -> Signed:
    """What `Signed.as_json` wrote. Raises ChainFault where it has another form."""
    try:
        raw = stored["entry"]
        entry = Entry(
            exhibit=str(raw["exhibit"]),
            position=int(raw["position"]),
            at=datetime.fromisoformat(raw["at"]),
            by={str(name): str(value) for name, value in raw["by"].items()},
            what=str(raw["what"]),
            details=dict(raw["details"]),
        )
        return Signed(
            entry,
            previous=bytes.fromhex(stored["previous"]),
            hash=bytes.fromhex(stored["hash"]),
            signature=bytes.fromhex(stored["signature"]),
            key=str(stored["key"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ChainFault(f"An entry of the custody log cannot be read: {error!r}.") from None


def verified(entries: Iterable[Signed], *, exhibit: str, keys: PublicKeys) -> Iterator[Signed]:
    """Each entry, once its place, its hash and its signature are found right.

    Raises ChainFault at the first that is not. That the end is there too, only the caller can
    know: by the length and the last hash that were kept elsewhere.
    """
    previous = GENESIS
    for position, signed in enumerate(entries, start=1):
        _check(signed, exhibit=exhibit, position=position, previous=previous, keys=keys)
        previous = signed.hash
        yield signed


def _check(
    signed: Signed, *, exhibit: str, position: int, previous: bytes, keys: PublicKeys
) -> None:
    entry = signed.entry
    if entry.exhibit != exhibit:
        raise ChainFault(f"Entry {position} belongs to another exhibit, {entry.exhibit}.")
    if entry.position != position:
        raise ChainFault(f"Entry {position} is missing: entry {entry.position} stands there.")
    if signed.previous != previous:
        raise ChainFault(f"Entry {position} does not follow the one before it.")
    if hashlib.sha256(previous + entry.canonical()).digest() != signed.hash:
        raise ChainFault(f"Entry {position} was altered.")
    if not keys.signed(_CONTEXT + signed.hash, signed.signature, key=signed.key):
        raise ChainFault(f"Entry {position} does not bear a signature of the key {signed.key}.")
