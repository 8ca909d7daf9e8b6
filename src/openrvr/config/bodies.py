"""What a request carries is read whole before a thread takes the request.

Pages are answered by a few threads. One that read the body itself would wait for whoever sends
slowly: a dozen such senders, with no account, stopped every page. And a form with a file in it was
written to the disk, however large. Here a slow sender costs a little memory and no thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class _Refused(Exception):
    """The body is not read any further; the answer says why."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class _Gone(Exception):
    """Whoever asked has gone away."""


@dataclass(frozen=True)
class WholeBodies:
    """Hands a request on to `app` with its body of at most `largest` bytes.

    A larger body is answered with 413; one that is not there after `seconds` with 408; more than
    `at_once` at a time with 503, so that what is held in memory has a limit. `others` are asked
    instead for these paths, and for what is below one that ends with a stroke.
    """

    app: ASGIApp
    largest: int
    seconds: float = 15.0
    at_once: int | None = None
    others: Mapping[str, WholeBodies] = field(default_factory=dict)
    _now: set[object] = field(default_factory=set)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        for beginning, other in self.others.items():
            if _is_below(scope["path"], beginning):
                await other(scope, receive, send)
                return
        try:
            body = await self._read(scope, receive)
        except _Refused as refusal:
            await _answer(scope, refusal)(scope, receive, send)
        except _Gone:
            return
        else:
            await self.app(scope, _again(body, receive), send)

    async def _read(self, scope: Scope, receive: Receive) -> bytes:
        if _announced(scope) > self.largest:
            raise self._too_large()
        if self.at_once is not None and len(self._now) >= self.at_once:
            raise _Refused(503, "Too many are sending at this moment: try again in a minute.")
        me = object()
        self._now.add(me)
        try:
            async with asyncio.timeout(self.seconds):
                return await self._whole(receive)
        except TimeoutError:
            raise _Refused(408, "That took too long to arrive: try again.") from None
        finally:
            self._now.discard(me)

    async def _whole(self, receive: Receive) -> bytes:
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _Gone
            body += message.get("body", b"")
            if len(body) > self.largest:
                raise self._too_large()
            if not message.get("more_body", False):
                return bytes(body)

    def _too_large(self) -> _Refused:
        return _Refused(413, f"That is larger than the {self.largest // 1024} kB that are taken.")


def _is_below(path: str, place: str) -> bool:
    return path.startswith(place) if place.endswith("/") else path == place


def _announced(scope: Scope) -> int:
    """The length that the sender gives, in bytes; 0 where it gives none."""
    given = dict(scope["headers"]).get(b"content-length", b"")
    return int(given) if given.isdigit() else 0


def _answer(scope: Scope, refusal: _Refused) -> Response:
    headers = {"Connection": "close", "Cache-Control": "no-store"}
    if b"json" in dict(scope["headers"]).get(b"accept", b""):
        return JSONResponse({"error": str(refusal)}, refusal.status, headers)
    return PlainTextResponse(str(refusal), refusal.status, headers)


def _again(body: bytes, receive: Receive) -> Receive:
    """Tells what was read, then whatever comes."""
    first: list[MutableMapping[str, Any]] = [
        {"type": "http.request", "body": body, "more_body": False}
    ]

    async def told() -> Message:
        return first.pop() if first else await receive()

    return told
