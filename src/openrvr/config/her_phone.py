"""What her phone is to keep of us: nothing, not even the files that her pages load."""

from __future__ import annotations

from collections.abc import MutableMapping
from urllib.parse import urlsplit

from openrvr.config import inlined

# Built files that her pages fetch, or that stand in them.
_HERS = ("icon.", *(name.removesuffix("js") for name in inlined.SCRIPTS))


def keep_nothing(headers: MutableMapping[str, str], _path: str, url: str) -> None:
    """For WhiteNoise: a cache on the disk of her phone would say for months that she was here."""
    if url.rsplit("/", 1)[-1].startswith(_HERS):
        headers["Cache-Control"] = "no-store"


def exit_origins(address: str) -> list[str]:
    """The origin of the everyday page that she leaves for; none where it is our own."""
    parts = urlsplit(address)
    return [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []
