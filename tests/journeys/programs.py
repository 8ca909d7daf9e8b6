"""Programs that a journey starts beside Chromium, and of which nothing runs on when it ends."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from queue import SimpleQueue

import pytest

from tests.running_demo import PATIENCE


def installed(program: str, package: str) -> str:
    """Its path. Where it is missing the test is skipped; not as root, who could install it."""
    path = shutil.which(program)
    if not path:
        missing = f"{program} is missing: apt-get install --no-install-recommends {package}"
        (pytest.fail if os.geteuid() == 0 else pytest.skip)(missing)
    return str(path)


class Program:
    """One that runs. What it writes is read as it comes: nobody stops in the middle of a word."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._lines = SimpleQueue[str | None]()
        threading.Thread(target=self._read, daemon=True).start()

    def says(self, pattern: str) -> str:
        """The first group of the line that matches, once it is written. Raises queue.Empty."""
        heard = ""
        while line := self._lines.get(timeout=PATIENCE):
            heard += line
            if found := re.search(pattern, line):
                return found[1]
        raise AssertionError(f"{self._process.args!s} ended without {pattern!r}:\n{heard}")

    def _read(self) -> None:
        assert self._process.stdout
        with self._process.stdout as lines:
            for line in lines:
                self._lines.put(line)
        self._lines.put(None)


@contextmanager
def started(*command: str, environment: Mapping[str, str]) -> Iterator[Program]:
    """Runs it in a session of its own; whatever it has started itself ends with it."""
    process = subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
        errors="replace",
    )
    try:
        yield Program(process)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE / 4)
        # Its children have its session: those that did not end with it end now.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)
