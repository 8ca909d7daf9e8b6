"""The installation's secret key."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def secret_key(data: Path) -> str:
    """The key from the environment, else the one kept (mode 0600) in the data directory.

    It signs sessions and the live streams' tokens. Written by whoever comes first: `O_EXCL`
    makes a second process read what the first one wrote.
    """
    if given := os.environ.get("OPENRVR_SECRET_KEY"):
        return given
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data / "secret-key"
    draft = data / f".secret-key.{os.getpid()}.{secrets.token_hex(4)}"
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        os.link(draft, path)  # atomic, and fails where another process was first
    except FileExistsError:
        return path.read_text()
    finally:
        draft.unlink(missing_ok=True)
    return path.read_text()
