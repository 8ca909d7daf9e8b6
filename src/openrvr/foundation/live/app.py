"""The live process: event streams out, signals in. Native ASGI, no ORM, no session."""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import UTC, datetime

import psycopg
from psycopg_pool import PoolTimeout
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from openrvr.foundation.live.allowance import Allowance
from openrvr.foundation.live.hub import PAGE, ChannelClosed, Event, Hub, Subscriber, Whisper
from openrvr.foundation.live.tokens import TokenRefused, seat_of, seconds_left, streams_of

Beside = Callable[[Hub], AbstractAsyncContextManager[None]]

log = logging.getLogger(__name__)

BEAT = 1.0
# Bytes. Chromium's offers have about 6,000.
LARGEST_SIGNAL = 32 * 1024
# What one end of a call may say to the other, in bytes: at once, and for each second. A connection
# that is made anew all the time needs a third of it. Each signal is a row, and its commit waits for
# all others': without a measure one phone could fill the disk and hold up everybody.
SIGNALS_AT_ONCE = 256 * 1024
SIGNALS_A_SECOND = 8 * 1024
SMALLEST_SIGNAL = 512
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def make_app(database: str, beside: Beside = lambda _: nullcontext()) -> Starlette:
    """The ASGI application below `/live/`, with its own connections to `database`.

    `beside` is what else goes on in this process for as long as it runs, with the same hub.
    """
    endpoints = _Endpoints(Hub(database), beside)
    return Starlette(
        routes=[
            Route("/live/stream", endpoints.stream, methods=["GET"]),
            Route("/live/signal", endpoints.signal, methods=["POST"]),
        ],
        lifespan=endpoints.lifespan,
    )


class _TooManySignals(Exception):
    """One end of a call says more than any page of ours would."""


class _NotASignal(Exception):
    """The body is not what a page of ours would send."""


class _Endpoints:
    def __init__(self, hub: Hub, beside: Beside) -> None:
        self._hub = hub
        self._beside = beside
        self._allowance = Allowance(SIGNALS_AT_ONCE, SIGNALS_A_SECOND)

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        async with self._hub.running(), self._beside(self._hub):
            yield

    async def stream(self, request: Request) -> Response:
        try:
            token = request.query_params.get("t", "")
            streams, life = streams_of(token), seconds_left(token)
            last = _position(request)
        except (TokenRefused, ValueError) as error:
            return _refusal(401, str(error))
        return StreamingResponse(
            _events(self._hub, streams, last, life),
            media_type="text/event-stream",
            headers=_HEADERS,
        )

    async def signal(self, request: Request) -> Response:
        try:
            await self._send(await _small_body(request))
        except TokenRefused as error:
            return _refusal(401, str(error))
        except ChannelClosed as error:
            return _refusal(409, str(error))
        except (_NotASignal, psycopg.DataError):
            return _refusal(400, "This is not a signal.")
        except _TooManySignals:
            return _refusal(429, "Too many signals at once: the page tries again by itself.")
        except (psycopg.OperationalError, PoolTimeout):
            return _refusal(503, "The service is restarting: the page tries again by itself.")
        return JSONResponse({}, status_code=202)

    async def _send(self, body: bytes) -> None:
        try:
            content = json.loads(body)
            token, data = str(content["pass"]), content["data"]
            key = str(uuid.UUID(content["id"]))
            to = str(uuid.UUID(content["to"])) if content.get("to") else None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise _NotASignal from None
        seat = str(seat_of(token))
        cost, now = max(len(body), SMALLEST_SIGNAL), asyncio.get_running_loop().time()
        if not self._allowance.take(seat, cost, now):
            raise _TooManySignals
        await self._hub.signal(seat, to=to, key=key, data=data)


def _position(request: Request) -> int:
    given = request.headers.get("last-event-id") or request.query_params.get("last") or "0"
    return max(0, int(given[:19]))


def _refusal(status: int, sentence: str) -> JSONResponse:
    return JSONResponse({"error": sentence}, status_code=status)


async def _small_body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_SIGNAL:
            raise _NotASignal
    return body


async def _events(hub: Hub, streams: list[str], last: int, life: float) -> AsyncIterator[str]:
    """Everything since `last`, then everything new, with a beat each second in between.

    It ends after `life` seconds.
    """
    yield f"retry: 500\n{_beat()}"
    loop = asyncio.get_running_loop()
    until = loop.time() + life
    async with hub.subscription(streams) as subscriber:
        try:
            async for event in _missed(hub, streams, last):
                last = event.position
                yield _message(event)
        except (psycopg.OperationalError, PoolTimeout) as error:
            # The stream ends; the page comes back in a moment with the same position.
            log.warning("a live stream could not catch up: %s", error)
            return
        next_beat = loop.time()
        while loop.time() < until and not subscriber.is_over:
            new = await _next(subscriber, next_beat - loop.time())
            if new is None:
                next_beat = loop.time() + BEAT
                yield _beat()
            elif isinstance(new, Whisper):
                yield f"event: whisper\ndata: {new.text}\n\n"
            elif new.position > last:
                last = new.position
                yield _message(new)


async def _missed(hub: Hub, streams: list[str], last: int) -> AsyncIterator[Event]:
    while missed := await hub.missed(streams, last):
        for event in missed:
            yield event
        if len(missed) < PAGE:
            return
        last = missed[-1].position


async def _next(subscriber: Subscriber, seconds: float) -> Event | Whisper | None:
    try:
        return await asyncio.wait_for(subscriber.queue.get(), max(0.0, seconds))
    except TimeoutError:
        return None


def _beat() -> str:
    return f'event: beat\ndata: {{"now":"{datetime.now(UTC).isoformat()}"}}\n\n'


def _message(event: Event) -> str:
    return f"id: {event.position}\ndata: {event.text}\n\n"
