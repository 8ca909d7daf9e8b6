"""What still works in a data directory whose supervisor is gone."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from openrvr.config.processes.errors import CannotRun


class OrphansDoNotEnd(CannotRun):
    def __init__(self, directory: Path, numbers: list[int]) -> None:
        names = ", ".join(map(str, numbers))
        super().__init__(
            f"Processes of an earlier OpenRVR still work in {directory}: {names}. End them first."
        )


# Seconds from the start, and the signal that is sent then: PostgreSQL's fast shutdown, its
# immediate one (which recovers from its log afterwards), and the kernel's.
_LADDER = ((0.0, signal.SIGINT), (5.0, signal.SIGQUIT), (8.0, signal.SIGKILL))
_GIVE_UP = 12.0


def end_orphans(directory: Path) -> None:
    """Ends every PostgreSQL process that works in `directory` and returns when none does.

    They are known by what they do: the number in `postmaster.pid` may belong to another program by
    now.
    """
    began = time.monotonic()
    ladder = list(_LADDER)
    while orphans := _working_in(directory):
        elapsed = time.monotonic() - began
        if elapsed > _GIVE_UP:
            raise OrphansDoNotEnd(directory, orphans)
        if ladder and elapsed >= ladder[0][0]:
            _send(ladder.pop(0)[1], orphans)
        time.sleep(0.02)


def is_running(number: int) -> bool:
    """Whether a process has this number, whoever's it is."""
    return Path(f"/proc/{number}").exists()


def _working_in(directory: Path) -> list[int]:
    processes = [entry for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [int(each.name) for each in processes if _works_in(each, directory)]


def _works_in(process: Path, directory: Path) -> bool:
    try:
        # The server itself names the directory in its command, for everybody to read; ...
        if f"\0-D\0{directory}\0".encode() in (process / "cmdline").read_bytes():
            return True
        # ... its children only work there, and root without all its rights does not see where.
        return (process / "cwd").readlink() == directory
    except OSError:  # it ended, or may not be looked at
        return False


def _send(sent: signal.Signals, numbers: list[int]) -> None:
    for number in numbers:
        try:
            os.kill(number, sent)
        except ProcessLookupError:
            continue
