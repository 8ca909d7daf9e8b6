"""Styles and scripts that are written into the page: each is allowed by its hash."""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

# For pages that are to be drawn with their first answer, and to leave no file behind on a phone.
STYLES = ("phone.css",)
# What a browser loads by an address it keeps under it, compiled, and no header forbids that:
# these stand in her pages, or are fetched as text and written in.
SCRIPTS = (
    "early.js",
    "hello.js",
    "in_app.js",
    "phone.js",
    "phone_chat.js",
    "phone_sending.js",
    "phone_statement.js",
    "plain.js",
)


def hashes(dist: Path, names: tuple[str, ...]) -> list[str]:
    """What `style-src` or `script-src` allows by them: `names`, where they are built."""
    manifest = dist / "manifest.json"
    built: dict[str, str] = json.loads(manifest.read_text()) if manifest.exists() else {}
    files = [dist / built[name] for name in names if name in built]
    digests = [b64encode(sha256(file.read_bytes()).digest()).decode() for file in files]
    return [f"'sha256-{each}'" for each in digests]
