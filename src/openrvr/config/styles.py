"""Styles that are written into the page: each is allowed by its hash and nothing else is."""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

# For pages that are to be drawn with their first answer, and to leave no file behind on a phone.
INLINED = ("phone.css",)


def sources(dist: Path) -> list[str]:
    """What `style-src` allows: our own files, and those that are inlined, where they are built."""
    manifest = dist / "manifest.json"
    built: dict[str, str] = json.loads(manifest.read_text()) if manifest.exists() else {}
    names = [built[name] for name in INLINED if name in built]
    hashes = [b64encode(sha256((dist / name).read_bytes()).digest()).decode() for name in names]
    return ["'self'", *(f"'sha256-{each}'" for each in hashes)]
