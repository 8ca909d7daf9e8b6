"""The installation's own keys: from the environment, else kept in the data directory."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from openrvr.config.processes.errors import CannotRun

_EVIDENCE_KEY_BYTES = 32


class KeyUnusable(CannotRun):
    def __init__(self, name: str) -> None:
        super().__init__(f"{name} holds something other than keys of 32 bytes in base 64.")


def secret_key(data: Path) -> str:
    """What signs sessions and the live streams' tokens."""
    given = os.environ.get("OPENRVR_SECRET_KEY")
    return given or _kept(data, "secret-key", lambda: secrets.token_urlsafe(48))


def evidence_signing_keys(data: Path) -> tuple[bytes, ...]:
    """Ed25519 keys: the first signs, the others signed before it. Raises KeyUnusable."""
    given = os.environ.get("OPENRVR_EVIDENCE_SIGNING_KEYS")
    return _keys("evidence-signing-keys", given or _kept(data, "evidence-signing-keys", _new_key))


def evidence_master_keys(data: Path) -> tuple[bytes, ...]:
    """What wraps the keys of exhibits: the first wraps, all unwrap. Raises KeyUnusable."""
    given = os.environ.get("OPENRVR_EVIDENCE_MASTER_KEYS")
    return _keys("evidence-master-keys", given or _kept(data, "evidence-master-keys", _new_key))


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(_EVIDENCE_KEY_BYTES)).decode()


def _keys(name: str, written: str) -> tuple[bytes, ...]:
    try:
        keys = tuple(base64.b64decode(each, validate=True) for each in written.split())
    except ValueError:
        raise KeyUnusable(name) from None
    if not keys or any(len(key) != _EVIDENCE_KEY_BYTES for key in keys):
        raise KeyUnusable(name)
    return keys


def _kept(data: Path, name: str, make: Callable[[], str]) -> str:
    """What the file `name` (mode 0600) in the data directory holds; made where it is missing.

    Written by whoever comes first: a second process reads what the first one wrote.
    """
    path = data / name
    if path.exists():
        return path.read_text()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = data / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)  # atomic, and fails where another process was first
    except FileExistsError:
        return path.read_text()
    finally:
        draft.unlink(missing_ok=True)
    return path.read_text()
