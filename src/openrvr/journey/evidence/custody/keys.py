"""The keys of evidence: one that signs, one that wraps the key of each exhibit."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KEY_BYTES = 32
_NONCE_BYTES = 12


class KeyUnknown(Exception):
    """A data key was wrapped by a master key that this installation does not have."""

    def __init__(self, key: str) -> None:
        super().__init__(f"The master key {key} is not among this installation's keys.")


class NotTheKey(Exception):
    """A wrapped data key was altered, or belongs to another exhibit."""


def key_id(public: bytes) -> str:
    """The name of a key: the first 8 bytes of its SHA-256, in hexadecimal."""
    return hashlib.sha256(public).hexdigest()[:16]


@dataclass(frozen=True)
class SigningKey:
    """An Ed25519 key by its 32 secret bytes; `id` and `public` are for everybody."""

    secret: bytes = field(repr=False)

    @cached_property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.secret)

    @cached_property
    def public(self) -> bytes:
        """32 bytes."""
        return self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @cached_property
    def id(self) -> str:
        return key_id(self.public)

    def sign(self, message: bytes) -> bytes:
        """The signature, 64 bytes."""
        return self._private.sign(message)


class PublicKeys:
    """The keys whose signatures are believed, each by its 32 public bytes."""

    def __init__(self, public: Iterable[bytes]) -> None:
        self._keys = {key_id(raw): Ed25519PublicKey.from_public_bytes(raw) for raw in public}

    def signed(self, message: bytes, signature: bytes, *, key: str) -> bool:
        """Whether `signature` is that of the key named `key`, and the key is known."""
        found = self._keys.get(key)
        if found is None:
            return False
        try:
            found.verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class MasterKeys:
    """The keys that wrap the data keys: the first wraps, all of them unwrap.

    A new one is put before the others; the others stay as long as anything is wrapped by them.
    """

    secrets: tuple[bytes, ...] = field(repr=False)

    @property
    def current(self) -> str:
        """The id of the key that wraps."""
        return _wrapping_id(self.secrets[0])

    def wrap(self, data_key: bytes, *, exhibit: str) -> bytes:
        """`data_key` under AES-256-GCM, for this exhibit only: nonce and ciphertext."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = AESGCM(self.secrets[0]).encrypt(nonce, data_key, _wrapping(exhibit))
        return nonce + sealed

    def unwrap(self, wrapped: bytes, *, exhibit: str, key: str) -> bytes:
        """The data key. Raises KeyUnknown, NotTheKey."""
        for secret in self.secrets:
            if _wrapping_id(secret) == key:
                break
        else:
            raise KeyUnknown(key)
        nonce, sealed = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]
        try:
            return AESGCM(secret).decrypt(nonce, sealed, _wrapping(exhibit))
        except InvalidTag:
            raise NotTheKey(f"The key of exhibit {exhibit} does not open.") from None


def new_key() -> bytes:
    """32 random bytes."""
    return secrets.token_bytes(KEY_BYTES)


def _wrapping_id(secret: bytes) -> str:
    # Not of the secret itself: the id is written beside what the key wraps.
    return key_id(b"openrvr.master-key.1" + hashlib.sha256(secret).digest())


def _wrapping(exhibit: str) -> bytes:
    return f"openrvr.data-key.1|{exhibit}".encode()
