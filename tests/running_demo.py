"""`openrvr demo` as a process of its own: real processes, real signals."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from queue import Empty, SimpleQueue
from urllib.error import HTTPError
from urllib.request import urlopen

PATIENCE = 60.0
# The tests' own settings, which the demo's user has not.
NOT_INHERITED = ("DATABASE_URL", "DATABASE_OWNER_URL", "OPENRVR_DATABASE_ROLE", "DATA", "PORT")


@dataclass
class Demo:
    """A demo that was started from a terminal, in a process group of its own as a shell does it."""

    data: Path
    port: int = 0
    arguments: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    _unread: SimpleQueue[str | None] = field(default_factory=SimpleQueue)

    def __enter__(self) -> Demo:
        environment = {k: v for k, v in os.environ.items() if k not in NOT_INHERITED}
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            (sys.executable, "-m", "openrvr", "demo", *self.arguments),
            env=environment | self.environment | {"DATA": str(self.data), "PORT": str(self.port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
            text=True,
        )
        threading.Thread(target=self._read, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE)

    def end(self) -> None:
        """As Ctrl-C in its terminal does."""
        os.killpg(self.process.pid, signal.SIGINT)
        assert self.process.wait(PATIENCE) == 0, self.logs()

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as lines:
            for line in lines:
                self._unread.put(line)
        self._unread.put(None)

    def says(self, pattern: str) -> re.Match[str]:
        """Waits for a line that matches."""
        deadline = time.monotonic() + PATIENCE
        while line := self._next_line(deadline):
            self.lines.append(line)
            if found := re.search(pattern, line):
                return found
        raise AssertionError(f"It ended without a word like {pattern!r}: {''.join(self.lines)}")

    def _next_line(self, deadline: float) -> str | None:
        try:
            return self._unread.get(timeout=max(0, deadline - time.monotonic()))
        except Empty:
            said = f"{''.join(self.lines)}\n{self.logs()}"
            raise AssertionError(f"It did not say what was waited for: {said}") from None

    def until_ready(self) -> float:
        """Seconds from the start to the line that says so."""
        self.port = int(self.says(r"ready at http://localhost:(\d+)")[1])
        return time.monotonic() - self.began

    def is_ready(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=10) as answer:
                return bool(answer.status == 200)
        except HTTPError:
            return False
        except (OSError, HTTPException):  # a web process was killed while it answered
            return False

    def recovers(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self.is_ready():
            assert time.monotonic() < deadline, self.logs()

    def children(self) -> dict[str, int]:
        """The supervised processes by what their commands say."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        marks = {"processes.web": "web", "management": "worker", "bin/postgres": "postgresql"}
        return {
            name: int(number)
            for number in listed.split()
            for mark, name in marks.items()
            if mark in Path(f"/proc/{number}/cmdline").read_text()
        }

    def kill(self, name: str) -> int:
        """Kills one of the supervised processes and returns the number of the one in its place."""
        killed = self.children()[name]
        os.kill(killed, signal.SIGKILL)
        self.says(f"{name} was ended by SIGKILL; starting it again")
        deadline = time.monotonic() + PATIENCE
        while (number := self.children().get(name, killed)) == killed:
            assert time.monotonic() < deadline, self.logs()
        return number

    def logs(self) -> str:
        return "\n".join(path.read_text()[-4000:] for path in (self.data / "logs").glob("*"))
