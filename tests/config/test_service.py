"""`openrvr demo` as its user meets it: real processes, real signals."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import psycopg
import pytest

from openrvr.config.processes.embedded_postgres import OWNER_ROLE, Cluster
from openrvr.config.processes.listening import listen

PATIENCE = 60.0
# The tests' own settings, which the demo's user has not.
NOT_INHERITED = ("DATABASE_URL", "DATABASE_OWNER_URL", "OPENRVR_DATABASE_ROLE", "DATA", "PORT")


@dataclass
class Demo:
    """A demo that was started from a terminal, in a process group of its own as a shell does it."""

    data: Path
    port: int = 0
    lines: list[str] = field(default_factory=list)

    def __enter__(self) -> Demo:
        environment = {k: v for k, v in os.environ.items() if k not in NOT_INHERITED}
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            (sys.executable, "-m", "openrvr", "demo"),
            env=environment | {"DATA": str(self.data), "PORT": str(self.port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def says(self, pattern: str) -> re.Match[str]:
        """Waits for a line that matches."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line)
            if found := re.search(pattern, line):
                return found
        raise AssertionError("".join(self.lines))

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
        return "\n".join(path.read_text()[-2000:] for path in (self.data / "logs").iterdir())


def all_ended(numbers: dict[str, int]) -> bool:
    """Whether the processes are gone; one that nobody has reaped is."""
    deadline = time.monotonic() + PATIENCE
    while any(is_alive(number) for number in numbers.values()):
        if time.monotonic() > deadline:
            return False
    return True


def is_alive(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def accounts(data: Path) -> int:
    with psycopg.connect(Cluster(data / "postgresql").url(OWNER_ROLE)) as connection:
        row = connection.execute("SELECT count(*) FROM people_account").fetchone()
    assert row
    return int(row[0])


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "data"


@pytest.fixture(scope="module")
def demo(data: Path) -> Iterator[Demo]:
    with Demo(data) as started:
        started.until_ready()
        yield started


@pytest.mark.parametrize("name", ["web", "worker", "postgresql"])
def test_whatever_is_killed_comes_back(demo: Demo, name: str) -> None:
    replacement = demo.kill(name)
    demo.recovers()
    assert is_alive(replacement)


def test_another_on_the_same_data_is_refused(demo: Demo) -> None:
    with Demo(demo.data) as second:
        second.says("Another OpenRVR is running on")
        assert second.process.wait() == 1


def test_another_on_the_same_port_is_refused(demo: Demo, tmp_path: Path) -> None:
    with Demo(tmp_path / "data", demo.port) as second:
        second.says(f"Port {demo.port} is taken by another program")
        assert second.process.wait() == 1


def test_ctrl_c_leaves_no_process_and_the_next_start_is_quick_and_keeps_the_data(
    demo: Demo,
) -> None:
    before, children = accounts(demo.data), demo.children()
    assert set(children) == {"web", "worker", "postgresql"}

    os.killpg(demo.process.pid, signal.SIGINT)
    assert demo.process.wait(PATIENCE) == 0
    assert not any(map(is_alive, children.values()))

    with Demo(demo.data) as again:
        assert again.until_ready() < 5
        assert accounts(demo.data) == before > 0


def test_killing_the_supervisor_leaves_no_process(data: Path) -> None:
    with Demo(data) as killed:
        killed.until_ready()
        children = killed.children()
        killed.process.kill()
        assert all_ended(children)
    listen("127.0.0.1", killed.port).close()
