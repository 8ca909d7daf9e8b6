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

    A process is known by its working directory, which is the cluster's for each of PostgreSQL's:
    the number in `postmaster.pid` may belong to another program by now.
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


def _working_in(directory: Path) -> list[int]:
    place = str(directory.resolve())
    return [
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and _working_directory(entry) == place
    ]


def _working_directory(process: Path) -> str | None:
    try:
        return str((process / "cwd").readlink())
    except OSError:  # it ended, or is another user's
        return None


def _send(sent: signal.Signals, numbers: list[int]) -> None:
    for number in numbers:
        try:
            os.kill(number, sent)
        except ProcessLookupError:
            continue
