"""A disk that is full under the running service, and has room again."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import psycopg
import pytest

from openrvr.config.processes.embedded_postgres import OWNER_ROLE, Cluster
from openrvr.foundation.kit.errors import NO_ROOM, RESTARTING
from tests.running_demo import PATIENCE, Demo

SIZE = "192m"


@pytest.fixture
def disk() -> Iterator[Path]:
    """A small disk of its own: a file system in memory."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        Path(directory).chmod(0o711)
        made = subprocess.run(
            ("mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=711", "tmpfs", directory),
            check=False,
            capture_output=True,
            text=True,
        )
        if made.returncode:
            sentence = f"A small disk cannot be mounted here: {made.stderr.strip()}"
            pytest.fail(sentence) if os.geteuid() == 0 else pytest.skip(sentence)
        try:
            yield Path(directory)
        finally:
            subprocess.run(("umount", "--lazy", directory), check=True)


@dataclass
class CallTaker:
    """The call-taker's browser as far as it is needed: reports, one after the other."""

    root: str

    def __post_init__(self) -> None:
        self._open = build_opener(HTTPCookieProcessor(CookieJar())).open
        page = self._open(f"{self.root}/demo/as/control-room", timeout=30).read().decode()
        found = re.search(r'name="csrftoken" content="([^"]+)"', page)
        assert found
        self._token = found[1]

    def reports(self) -> tuple[int, str]:
        """Status, and the reference of the report or the sentence that tells why there is none."""
        fields = {"key": str(uuid.uuid4()), "csrfmiddlewaretoken": self._token}
        request = Request(f"{self.root}/control-room/reports/", data=urlencode(fields).encode())
        try:
            with self._open(request, timeout=30) as answer:
                found = re.search(r"RVR-\d\d-\d{6}", answer.geturl())
                assert found, answer.geturl()
                return answer.status, found[0]
        except HTTPError as error:
            return error.code, error.read().decode()


def references(demo: Demo) -> set[str]:
    with psycopg.connect(Cluster(demo.data / "postgresql").url(OWNER_ROLE)) as connection:
        return {row[0] for row in connection.execute("SELECT reference FROM cases_case")}


def test_a_full_disk_is_told_in_a_sentence_and_loses_nothing(disk: Path) -> None:
    with Demo(disk / "data") as demo:
        demo.until_ready()
        call_taker = CallTaker(f"http://localhost:{demo.port}")
        assert call_taker.reports()[0] == 200

        filler = disk / "filler"
        acknowledged, refusals = _write_until_refused(call_taker, filler)
        assert refusals, "the disk was never full"
        assert {status for status, _ in refusals} == {503}
        # No room for a row, or none for the server to start in.
        assert {sentence for _, sentence in refusals} <= {NO_ROOM, RESTARTING}

        filler.unlink()
        demo.recovers()
        status, newest = _patiently(call_taker)
        assert status == 200
        assert acknowledged | {newest} <= references(demo)


def _write_until_refused(
    call_taker: CallTaker, filler: Path
) -> tuple[set[str], list[tuple[int, str]]]:
    """Reports while the disk fills, until several were refused."""
    acknowledged: set[str] = set()
    refusals: list[tuple[int, str]] = []
    deadline = time.monotonic() + PATIENCE
    while len(refusals) < 3 and time.monotonic() < deadline:
        _fill(filler)
        status, said = call_taker.reports()
        if status == 200:
            acknowledged.add(said)
        else:
            refusals.append((status, said))
    return acknowledged, refusals


def _fill(filler: Path) -> None:
    """Whatever room is left, to the last byte."""
    with filler.open("ab", buffering=0) as file:
        try:
            while file.write(b"\0" * 65536):
                pass
        except OSError:  # no space left: as wanted
            return


def _patiently(call_taker: CallTaker) -> tuple[int, str]:
    """As the page does: again, while it is asked to wait."""
    deadline = time.monotonic() + PATIENCE
    while True:
        status, said = call_taker.reports()
        if status != 503 or time.monotonic() > deadline:
            return status, said
