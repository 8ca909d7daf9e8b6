"""`openrvr demo` as its user meets it: real processes, real signals."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from openrvr.config.processes.embedded_postgres import OWNER_ROLE, Cluster
from openrvr.config.processes.listening import listen
from tests.running_demo import PATIENCE, Demo


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
def data() -> Iterator[Path]:
    """In a directory that every account may pass through, unlike pytest's own."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        Path(directory).chmod(0o711)
        data = Path(directory) / "data"
        yield data
        Cluster(data / "postgresql").tidy()  # the last supervisor was killed and could not


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
        assert second.process.wait(PATIENCE) == 1


def test_another_on_the_same_port_is_refused(demo: Demo, tmp_path: Path) -> None:
    with Demo(tmp_path / "data", demo.port) as second:
        second.says(f"Port {demo.port} is taken by another program")
        assert second.process.wait(PATIENCE) == 1


def test_ctrl_c_leaves_no_process_and_the_next_start_keeps_the_data(demo: Demo) -> None:
    before, children = accounts(demo.data), demo.children()
    assert set(children) == {"web", "worker", "postgresql"}

    demo.end()
    assert not any(map(is_alive, children.values()))

    with Demo(demo.data) as again:
        again.until_ready()
        assert accounts(demo.data) == before > 0


def test_settings_that_contradict_each_other_do_not_go_live(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENRVR_TURN_RELAY_ONLY", "1")
    with Demo(data) as refused:
        refused.says("preparation ended with code 1")
        assert refused.process.wait(PATIENCE) == 1
    log = (data / "logs" / "preparation.log").read_text()
    assert "OPENRVR_TURN_RELAY_ONLY is 1: name the relay" in log


def test_killing_the_supervisor_leaves_no_process(data: Path) -> None:
    with Demo(data) as killed:
        killed.until_ready()
        children = killed.children()
        killed.process.kill()
        assert all_ended(children)
    listen("127.0.0.1", killed.port).close()
