"""The least that two browsers need to meet: files, and a WebSocket that hands on what it hears.

No database, no session, no page but its own: what a call costs when nothing is promised.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from pathlib import Path

HERE = Path(__file__).parent
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript"}
_RFC_6455 = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_here: set[asyncio.StreamWriter] = set()


async def _client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            path = head.split(maxsplit=2)[1].decode().partition("?")[0]
            if path == "/meet":
                await _hand_on(head, reader, writer)
                return
            writer.write(_file(HERE / Path(path).name))
    except (asyncio.IncompleteReadError, ConnectionError):
        pass  # the page was closed
    finally:
        writer.close()


def _file(path: Path) -> bytes:
    found = path.suffix in TYPES and path.is_file()
    status, body = ("200 OK", path.read_bytes()) if found else ("404 Not Found", b"")
    kind = TYPES.get(path.suffix, "text/plain")
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def _hand_on(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    lines = (line.partition(b":") for line in head.split(b"\r\n"))
    key = {name.lower(): value.strip() for name, _, value in lines}[b"sec-websocket-key"]
    accept = base64.b64encode(hashlib.sha1(key + _RFC_6455).digest()).decode()
    upgrade = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    writer.write(f"{upgrade}Sec-WebSocket-Accept: {accept}\r\n\r\n".encode())
    _here.add(writer)
    try:
        while (text := await _next(reader)) is not None:
            for other in _here - {writer}:
                other.write(_frame(text))
    finally:
        _here.discard(writer)


async def _next(reader: asyncio.StreamReader) -> bytes | None:
    """One masked frame; browsers send messages of this size in one. None at the end."""
    kind, length = await reader.readexactly(2)
    if kind & 0x0F != 1:
        return None
    length &= 0x7F
    if length == 126:
        length = int.from_bytes(await reader.readexactly(2))
    mask = await reader.readexactly(4)
    return bytes(byte ^ mask[i % 4] for i, byte in enumerate(await reader.readexactly(length)))


def _frame(text: bytes) -> bytes:
    size = bytes([len(text)]) if len(text) < 126 else b"\x7e" + len(text).to_bytes(2)
    return b"\x81" + size + text


async def _serve() -> None:
    server = await asyncio.start_server(_client, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
