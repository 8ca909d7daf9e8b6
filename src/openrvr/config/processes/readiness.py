"""Asks a running OpenRVR whether it is ready, and for the demo's addresses."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable

_PATIENCE = 10.0  # seconds for one answer; one that waits for a starting web process is slow
_LONG = 20.0  # seconds after which an operator wonders


async def until_ready(
    port: int, say: Callable[[str], None], trusting: ssl.SSLContext | None = None
) -> None:
    """Returns when /healthz answers 200; every so often says what it answers instead."""
    loop = asyncio.get_running_loop()
    told = loop.time()
    while True:
        status, text = await fetch(port, "/healthz", trusting)
        if status == 200:
            return
        if loop.time() - told > _LONG:
            told = loop.time()
            say(f"not ready yet: /healthz answers {status}, {text.strip()[:300]}")
        await asyncio.sleep(0.1)


async def fetch(port: int, path: str, trusting: ssl.SSLContext | None = None) -> tuple[int, str]:
    """Status and text of a page of the OpenRVR on this machine; status 0 where none came.

    Over TLS where a context says whom to trust.
    """
    try:
        return await asyncio.wait_for(_fetch(port, path, trusting), _PATIENCE)
    except (OSError, TimeoutError, ValueError, IndexError):  # it is starting, or ended meanwhile
        return 0, ""


async def _fetch(port: int, path: str, trusting: ssl.SSLContext | None) -> tuple[int, str]:
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=trusting, server_hostname="localhost" if trusting else None
    )
    try:
        # HTTP/1.0: the answer is not chunked and ends with the connection.
        writer.write(f"GET {path} HTTP/1.0\r\nHost: localhost:{port}\r\n\r\n".encode())
        answer = (await reader.read()).decode()
    finally:
        writer.close()
    head, _, text = answer.partition("\r\n\r\n")
    return int(head.split()[1]), text
