"""The live process: event streams out, signals in. Native ASGI, no ORM, no session."""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import psycopg
from psycopg_pool import PoolTimeout
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from openrvr.foundation.live.hub import ChannelClosed, Event, Hub, Subscriber
from openrvr.foundation.live.tokens import STREAM_LIFE, TokenRefused, pass_of, streams_of

log = logging.getLogger(__name__)

BEAT = 1.0
LARGEST_SIGNAL = 64 * 1024
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def make_app(database: str) -> Starlette:
    """The ASGI application below `/live/`, with its own connections to `database`."""
    endpoints = _Endpoints(Hub(database))
    return Starlette(
        routes=[
            Route("/live/stream", endpoints.stream, methods=["GET"]),
            Route("/live/signal", endpoints.signal, methods=["POST"]),
        ],
        lifespan=endpoints.lifespan,
    )


class _NotASignal(Exception):
    """The body is not what a page of ours would send."""


class _Endpoints:
    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        async with self._hub.running():
            yield

    async def stream(self, request: Request) -> Response:
        try:
            streams = streams_of(request.query_params.get("t", ""))
            last = _position(request)
        except (TokenRefused, ValueError) as error:
            return _refusal(401, str(error))
        return StreamingResponse(
            _events(self._hub, streams, last), media_type="text/event-stream", headers=_HEADERS
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
        except (psycopg.OperationalError, PoolTimeout):
            return _refusal(503, "The service is restarting: the page tries again by itself.")
        return JSONResponse({}, status_code=202)

    async def _send(self, body: bytes) -> None:
        try:
            content = json.loads(body)
            token, data = str(content["pass"]), content["data"]
            key = str(uuid.UUID(content["id"]))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise _NotASignal from None
        right = pass_of(token)
        await self._hub.signal(channel=right.channel, to=right.to, key=key, data=data)


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


async def _events(hub: Hub, streams: list[str], last: int) -> AsyncIterator[str]:
    """Everything since `last`, then everything new, with a beat each second in between."""
    yield f"retry: 500\n{_beat()}"
    loop = asyncio.get_running_loop()
    until = loop.time() + STREAM_LIFE.total_seconds()
    async with hub.subscription(streams) as subscriber:
        try:
            missed = await hub.missed(streams, last)
        except (psycopg.OperationalError, PoolTimeout) as error:
            # The stream ends; the page comes back in a moment with the same position.
            log.warning("a live stream could not catch up: %s", error)
            return
        for event in missed:
            last = event.position
            yield _message(event)
        next_beat = loop.time()
        while loop.time() < until and not subscriber.too_slow:
            new = await _next(subscriber, next_beat - loop.time())
            if new is None:
                next_beat = loop.time() + BEAT
                yield _beat()
            elif new.position > last:
                last = new.position
                yield _message(new)


async def _next(subscriber: Subscriber, seconds: float) -> Event | None:
    try:
        return await asyncio.wait_for(subscriber.queue.get(), max(0.0, seconds))
    except TimeoutError:
        return None


def _beat() -> str:
    return f'event: beat\ndata: {{"now":"{datetime.now(UTC).isoformat()}"}}\n\n'


def _message(event: Event) -> str:
    return f"id: {event.position}\ndata: {event.text}\n\n"
