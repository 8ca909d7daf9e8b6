"""Keeps programs running: starts them, again whatever they end with, and ends them in order."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from dataclasses import dataclass
from subprocess import SubprocessError
from typing import Self

from openrvr.config.processes.errors import CannotRun
from openrvr.config.processes.outputs import Outputs
from openrvr.config.processes.program import Program, end, ended, start


class ProgramFailed(CannotRun):
    def __init__(self, name: str, how: str, place: str) -> None:
        super().__init__(f"{name} {how}: {place}.")


@dataclass
class Backoff:
    """Seconds before the next start: at first hardly any, longer as long as starts keep failing."""

    first: float = 0.1
    longest: float = 5.0
    # A program that ran for so many seconds has started well.
    proof: float = 10.0
    _next: float = 0.0

    def after(self, lifetime: float) -> float:
        """The pause after a program that lived `lifetime` seconds."""
        if lifetime > self.proof:
            self._next = 0.0
        pause = max(self._next, self.first)
        self._next = min(pause * 2, self.longest)
        return pause


class Supervisor:
    """An asynchronous context: what it keeps has ended when the block is left, the last kept first.

    Use it in the main thread (see `ends_with_parent`).
    """

    def __init__(self, outputs: Outputs) -> None:
        self._outputs = outputs
        self._groups: list[list[asyncio.Task[None]]] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        while self._groups:
            group = self._groups.pop()
            for task in group:
                task.cancel()
            await asyncio.gather(*group, return_exceptions=True)
        await self._outputs.finish()

    def keep(self, *programs: Program) -> None:
        """Starts programs that are ended together, before all that were kept earlier."""
        self._groups.append([asyncio.create_task(self._keep(program)) for program in programs])

    async def run_once(self, program: Program) -> None:
        """Runs a program to its end. Raises `ProgramFailed` where that is not a success."""
        code = await self._run(program)
        if code != 0:
            raise ProgramFailed(program.name, _described(code), self._outputs.place(program.name))

    async def _keep(self, program: Program) -> None:
        backoff = Backoff()
        while True:
            began = time.monotonic()
            try:
                how = _described(await self._run(program))
            except (CannotRun, OSError, SubprocessError) as error:
                how = f"could not be started ({error})"
            pause = backoff.after(time.monotonic() - began)
            place = self._outputs.place(program.name)
            say(f"{program.name} {how}; starting it again in {pause:.1f} s ({place})")
            await asyncio.sleep(pause)

    async def _run(self, program: Program) -> int:
        """One life of a program. When the task is cancelled, the program is ended first."""
        if program.make_way:
            await asyncio.to_thread(program.make_way)
        with self._outputs.opened(program.name) as output:
            process = start(program, output)
        try:
            return await ended(process)
        except asyncio.CancelledError:
            await end(process, program)
            raise


def say(sentence: str) -> None:
    """The supervisor's own words."""
    print(f"openrvr: {sentence}", file=sys.stderr, flush=True)


def _described(code: int) -> str:
    if code >= 0:
        return f"ended with code {code}"
    return f"was ended by {signal.Signals(-code).name}"
