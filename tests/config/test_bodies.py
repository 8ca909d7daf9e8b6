"""Whoever sends slowly, or without end, keeps nobody else waiting."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from functools import partial

import httpx
import pytest
import uvicorn
from a2wsgi import WSGIMiddleware
from starlette.types import Receive, Scope, Send

from openrvr.config.bodies import WholeBodies
from openrvr.config.processes import listening

THREADS = 2
LARGEST = 1000
AT_ONCE = 3


def _echo(environ, start_response):  # type: ignore[no-untyped-def]
    start_response("200 OK", [("Content-Type", "text/plain")])
    length = int(environ.get("CONTENT_LENGTH") or 0)
    return [b"read:" + environ["wsgi.input"].read(length)]


@pytest.fixture
def server() -> Iterator[str]:
    """Pages of two threads, as the web process makes them of twelve."""
    pages = partial(WholeBodies, WSGIMiddleware(_echo, workers=THREADS), LARGEST)  # type: ignore[arg-type]
    app = pages(seconds=0.5, others={"/photo": pages(seconds=5, at_once=AT_ONCE)})
    listener = listening.listen("127.0.0.1", 0)
    running = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    running.should_exit = True
    thread.join()


def _slow_sender(server: str, told: int, sent: bytes = b"a", *, path: str = "/") -> socket.socket:
    address = httpx.URL(server)
    sender = socket.create_connection((address.host, address.port or 80), timeout=5)
    head = f"POST {path} HTTP/1.1\r\nHost: {address.host}\r\nContent-Length: {told}\r\n\r\n"
    sender.sendall(head.encode() + sent)
    return sender


def test_a_body_arrives_as_it_was_sent(server: str) -> None:
    assert httpx.post(server, content=b"x" * LARGEST).content == b"read:" + b"x" * LARGEST
    assert httpx.get(server).content == b"read:"


def test_slow_senders_keep_nobody_waiting_and_are_told(server: str) -> None:
    slow = [_slow_sender(server, told=100) for _ in range(3 * THREADS)]
    assert httpx.get(server, timeout=0.4).status_code == 200
    for sender in slow:
        assert sender.recv(200).startswith(b"HTTP/1.1 408")
        sender.close()


def test_what_is_too_large_is_refused_in_words_before_it_is_read(server: str) -> None:
    endless = _slow_sender(server, told=10**12)
    assert endless.recv(200).startswith(b"HTTP/1.1 413")
    endless.close()
    unannounced = httpx.post(
        server, content=iter([b"x" * LARGEST] * 3), headers={"Accept": "application/json"}
    )
    assert unannounced.status_code == 413
    assert "larger than" in unannounced.json()["error"]


def test_whoever_hangs_up_while_sending_is_let_go() -> None:
    async def never(scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError("There was nothing to answer.")

    async def gone() -> dict[str, str]:
        return {"type": "http.disconnect"}

    scope = {"type": "http", "headers": []}
    asyncio.run(WholeBodies(never, LARGEST)(scope, gone, never))  # type: ignore[arg-type]


def test_more_than_so_many_at_once_are_asked_to_come_again(server: str) -> None:
    """What is held in memory has a limit, and those beside it are served."""
    slow = [_slow_sender(server, told=100, path="/photo") for _ in range(AT_ONCE)]
    for sender in slow:
        sender.settimeout(0.05)
        with pytest.raises(TimeoutError):
            sender.recv(1)  # It is being read.
    assert httpx.post(f"{server}/photo", content=b"x").status_code == 503
    assert httpx.post(server, content=b"x").status_code == 200
    for sender in slow:
        sender.close()


def test_a_reader_that_takes_nothing_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel does it: whoever waits for the reader above learns it as a broken connection."""
    monkeypatch.setattr(listening, "SLOWEST_READER", 500)
    with listening.listen("127.0.0.1", 0) as listener, socket.socket() as reader:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.connect(listener.getsockname())
        ours, _ = listener.accept()
        ours.settimeout(20)
        with ours, pytest.raises(TimeoutError) as cut:
            while True:
                ours.sendall(b"x" * 65536)
    assert cut.value.errno == 110  # ETIMEDOUT, not our own patience
