"""A row of the supervisor's table, and the process that is made of it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from openrvr.config.processes.parent_death import ends_with_parent


@dataclass(frozen=True)
class Program:
    """How a program is started and how it is ended."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    # Open descriptors that the program inherits under the same numbers.
    descriptors: tuple[int, ...] = ()
    # Runs in a thread before each start.
    make_way: Callable[[], None] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    # Seconds between the stop signal and SIGKILL.
    grace: float = 5.0
    # Sent by the kernel when the supervisor itself was killed.
    death_signal: signal.Signals = signal.SIGKILL


def start(program: Program, output: IO[bytes] | int) -> subprocess.Popen[bytes]:
    """Starts the program in a session of its own: Ctrl-C reaches the supervisor only."""
    return subprocess.Popen(
        program.command,
        env=dict(program.environment),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        pass_fds=program.descriptors,
        start_new_session=True,
        preexec_fn=ends_with_parent(program.death_signal),
    )


async def ended(process: subprocess.Popen[bytes]) -> int:
    """Waits for the process, ends what it left in its group, and returns its exit code."""
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    descriptor = os.pidfd_open(process.pid)
    loop.add_reader(descriptor, over.set)
    try:
        await over.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)
    # Before it is reaped: as long as it is not, the group's number is nobody else's.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    return process.wait()


async def end(process: subprocess.Popen[bytes], program: Program) -> None:
    """Asks the process to end, and after its grace makes it."""
    # Not by Popen, which reaps whatever has just ended by itself: nobody could wait for it then.
    os.kill(process.pid, program.stop_signal)
    try:
        await asyncio.wait_for(ended(process), program.grace)
    except TimeoutError:
        os.killpg(process.pid, signal.SIGKILL)
        await ended(process)
