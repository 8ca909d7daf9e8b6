"""Where the supervised programs' own words go."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

_LARGE = 5_000_000  # bytes; a larger log is put aside when its program starts


class Outputs(Protocol):
    """Gives each program a descriptor to write to while it is being started."""

    def opened(self, name: str) -> AbstractContextManager[int]: ...

    def place(self, name: str) -> str:
        """Where an operator reads what the program wrote, as the end of a sentence."""
        ...

    async def finish(self) -> None:
        """Returns when the last words of programs that have ended are out."""
        ...


class LogFiles:
    """A file a program, so that the terminal stays free for what a user should read."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._directory = directory

    @contextmanager
    def opened(self, name: str) -> Iterator[int]:
        path = self._path(name)
        if path.exists() and path.stat().st_size > _LARGE:
            path.rename(path.with_suffix(".old.log"))
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def place(self, name: str) -> str:
        return f"see {self._path(name)}"

    async def finish(self) -> None:
        """Nothing to do: the programs write to the files themselves."""

    def _path(self, name: str) -> Path:
        return self._directory / f"{name}.log"


class PrefixedLines:
    """Every line on stderr with the program's name before it, for the service manager's journal."""

    def __init__(self) -> None:
        self._copies: set[asyncio.Task[None]] = set()

    @contextmanager
    def opened(self, name: str) -> Iterator[int]:
        reading, writing = os.pipe2(os.O_CLOEXEC)
        copy = asyncio.create_task(_copy(reading, name))
        self._copies.add(copy)
        copy.add_done_callback(self._copies.discard)
        try:
            yield writing
        finally:
            os.close(writing)

    def place(self, name: str) -> str:
        return f"see the lines that begin with `{name}`"

    async def finish(self) -> None:
        if self._copies:
            await asyncio.wait(self._copies, timeout=1.0)


async def _copy(descriptor: int, name: str) -> None:
    reader = asyncio.StreamReader(limit=1_000_000)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(descriptor, "rb", 0)
    )
    try:
        while line := await reader.readline():
            print(f"{name} | {line.decode(errors='replace').rstrip()}", file=sys.stderr, flush=True)
    finally:
        transport.close()
