"""Where evidence lies, and the keys that it lies under. Nothing is stored that is not encrypted."""

from __future__ import annotations

import errno
import secrets
from functools import lru_cache

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from openrvr.foundation.refusal import Refused
from openrvr.journey.evidence.custody.keys import MasterKeys, PublicKeys, SigningKey
from openrvr.journey.evidence.custody.sealing import Place, seal, unseal
from openrvr.journey.evidence.models import Exhibit

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class NoRoom(Refused):
    """The evidence store is full. The recorder keeps what it has and tries again."""

    status = 507

    def __init__(self) -> None:
        super().__init__("The evidence store is full: nothing more can be kept on the server.")


class Shredded(Refused):
    """The exhibit was disposed of: its data key is gone, so nobody can ever read it."""

    status = 410

    def __init__(self, exhibit: Exhibit) -> None:
        super().__init__(f"{exhibit.reference} was destroyed when its time was over.")


def signing_key() -> SigningKey:
    """The key that signs now."""
    return _signing_keys(settings.EVIDENCE_SIGNING_KEYS)[0]


def public_keys() -> list[bytes]:
    """The public halves of the keys that sign now, or did at any time."""
    return [key.public for key in _signing_keys(settings.EVIDENCE_SIGNING_KEYS)]


def believed_keys() -> PublicKeys:
    """What custody logs are verified by."""
    return PublicKeys(public_keys())


@lru_cache(maxsize=2)
def _signing_keys(secret: tuple[bytes, ...]) -> tuple[SigningKey, ...]:
    return tuple(SigningKey(each) for each in secret)


def master_keys() -> MasterKeys:
    return MasterKeys(settings.EVIDENCE_MASTER_KEYS)


def data_key(exhibit: Exhibit) -> bytes:
    """The key of one exhibit. Raises Shredded, KeyUnknown, NotTheKey."""
    if exhibit.wrapped_key is None:
        raise Shredded(exhibit)
    return master_keys().unwrap(
        bytes(exhibit.wrapped_key), exhibit=str(exhibit.pk), key=exhibit.master_key
    )


def store(content: bytes, place: Place, *, data_key: bytes) -> str:
    """Encrypt and store a piece; returns the name that it lies under. Raises NoRoom."""
    # A name of its own for each try: what is sent twice at once is never written over.
    name = f"{place.exhibit}/{place.track}/{place.index:06}-{secrets.token_hex(4)}"
    try:
        return _storage().save(name, ContentFile(seal(content, place, data_key=data_key)))
    except OSError as error:
        if error.errno in _FULL:
            raise NoRoom from None
        raise


def fetch(stored_as: str, place: Place, *, data_key: bytes) -> bytes:
    """A stored piece. Raises FileNotFoundError, DoesNotOpen."""
    with _storage().open(stored_as) as file:
        return unseal(file.read(), place, data_key=data_key)


def forget(stored_as: str) -> None:
    """Delete a stored piece; one that is gone already is no fault."""
    _storage().delete(stored_as)


def put_plain(name: str, content: bytes) -> None:
    """Store what is no secret under its own name; what is there already stays."""
    if not _storage().exists(name):
        _storage().save(name, ContentFile(content))


def get_plain(name: str) -> bytes:
    with _storage().open(name) as file:
        return bytes(file.read())


def names_in(folder: str) -> list[str]:
    """The names of everything stored in a folder; none where there is no such folder."""
    try:
        return sorted(_storage().listdir(folder)[1])
    except FileNotFoundError:
        return []


def _storage() -> Storage:
    return storages["evidence"]
