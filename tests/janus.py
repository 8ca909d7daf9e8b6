"""Debian's Janus, with the files that `openrvr media config` writes, while a test needs it."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from openrvr.journey.call.media.janus.configuration import NodeFiles
from openrvr.journey.call.media.janus.connection import Node, connected
from tests.running_demo import PATIENCE

SECRET = "the-secret-of-the-nodes"


@dataclass
class Janus:
    """A node on this machine."""

    home: Path
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        log = (self.home / "log").open("ab")
        self.process = subprocess.Popen(
            ("janus", "--configs-folder", str(self.home / "conf")), stdout=log, stderr=log
        )
        log.close()
        while not _listens(self.port):
            assert self.process.poll() is None, (self.home / "log").read_text()

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.process.wait()

    def hang(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        if self.is_running:
            assert self.process
            self.process.send_signal(signal.SIGCONT)


@contextmanager
def janus(home: Path) -> Iterator[Janus]:
    """Starts it with SECRET; browsers reach it at any address of this machine."""
    if not shutil.which("janus"):
        sentence = "janus is missing: apt-get install janus"
        pytest.fail(sentence) if os.geteuid() == 0 else pytest.skip(sentence)
    home.mkdir(parents=True, exist_ok=True)
    node = Janus(home, _free_port())
    NodeFiles(SECRET, port=node.port).write(home / "conf")
    node.start()
    try:
        yield node
    finally:
        node.kill()


@contextmanager
def two_nodes(home: Path) -> Iterator[dict[str, Janus]]:
    with janus(home / "one") as one, janus(home / "two") as two:
        yield {"one": one, "two": two}


def rooms(node: Janus) -> list[str]:
    """The calls that a node has."""

    async def ask() -> list[str]:
        async with connected(Node("asked", node.url), SECRET) as connection:
            handle = await connection.attach(lambda _: None)
            answer = await handle.ask({"request": "list"})
        return [each["room"] for each in answer["plugindata"]["data"]["list"]]

    # Not in this thread: Playwright has its own loop here.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(ask())).result()


def where(nodes: dict[str, Janus]) -> tuple[Janus, Janus]:
    """The node that has the one call there is, and the other one."""
    one, two = nodes.values()
    return (one, two) if rooms(one) else (two, one)


def until_it_has(node: Janus, how_many: int) -> None:
    """So many calls."""
    deadline = time.monotonic() + PATIENCE
    while len(rooms(node)) != how_many:
        assert time.monotonic() < deadline


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=10).close()
    except ConnectionRefusedError:
        return False
    return True
