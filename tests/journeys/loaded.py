"""What a page really loads: every byte as it came over the network, and from where."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page


@dataclass
class Loaded:
    """Listens to one page from now on, by Chromium's own count (headers included)."""

    page: Page
    addresses: list[str] = field(default_factory=list)
    _finished: dict[str, float] = field(default_factory=dict)
    _arriving: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    _redirects: float = 0

    def __post_init__(self) -> None:
        session = self.page.context.new_cdp_session(self.page)
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.dataReceived", self._received)
        session.on("Network.loadingFinished", self._has_finished)
        session.send("Network.enable")

    @property
    def bytes(self) -> float:
        """All that has come so far; of what still comes (the live stream) the part that is here."""
        unfinished = sum(n for each, n in self._arriving.items() if each not in self._finished)
        return self._redirects + sum(self._finished.values()) + unfinished

    def hosts(self) -> set[str]:
        named = (urlsplit(address) for address in self.addresses)
        return {part.netloc for part in named if part.scheme not in ("data", "blob")}

    def _asked(self, event: dict[str, Any]) -> None:
        self.addresses.append(event["request"]["url"])
        if "redirectResponse" in event:
            self._redirects += event["redirectResponse"]["encodedDataLength"]

    def _received(self, event: dict[str, Any]) -> None:
        self._arriving[event["requestId"]] += event["encodedDataLength"]

    def _has_finished(self, event: dict[str, Any]) -> None:
        self._finished[event["requestId"]] = event["encodedDataLength"]
