"""The package of a case, as the force's own commands write and verify it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import av

from tests.journeys.steps import until
from tests.running_demo import NOT_INHERITED, Demo

_ALL_IS_IN = (
    "SELECT t.last, (SELECT count(*) FROM evidence_slice s WHERE s.track_id = t.id), t.person"
    " FROM evidence_track t JOIN evidence_exhibit e ON e.id = t.exhibit_id"
    " JOIN cases_case c ON c.id = e.case_id WHERE c.reference = %s ORDER BY t.number"
)


def wait_until_kept(demo: Demo, reference: str, people: int = 2) -> None:
    """Until the last track of each person is whole: a track before it may have been killed."""

    def holds(tracks: list[tuple[Any, ...]]) -> bool:
        newest = {person: (last, slices) for last, slices, person in tracks}
        return len(newest) == people and all(
            last is not None and slices == last + 1 for last, slices in newest.values()
        )

    until(demo, _ALL_IS_IN, reference, holds=holds)


@dataclass(frozen=True)
class Package:
    path: Path
    described: dict[str, Any]

    def gaps(self, person: str) -> list[tuple[str, str, float]]:
        """What is missing of somebody, why, and for how many seconds."""
        return [
            (gap["missing"], gap["cause"], _seconds(gap["since"], gap["until"]))
            for gap in self._exhibit["gaps"][person]
        ]

    def lost(self, person: str) -> list[tuple[str, str, float]]:
        """The gaps that something had to go wrong for.

        Before the first picture, and between the press on End and the end, nothing can be kept. A
        machine that stood still for seconds, as a busy one does, is told from a fault, as it must.
        """
        expected = ("connecting", "hung_up", "stalled")
        return [gap for gap in self.gaps(person) if gap[1] not in expected]

    @property
    def call_seconds(self) -> float:
        entries = self._entries()
        began = next(e["details"]["call_began"] for e in entries if e["what"] == "begun")
        ended = next(e["details"]["call_ended"] for e in entries if e["what"] == "call_ended")
        return _seconds(began, ended)

    def slices(self, person: str) -> int:
        return sum(
            1 for e in self._entries() if e["what"] == "slice" and e["details"]["person"] == person
        )

    def copies(self, person: str) -> list[Path]:
        """What of somebody can be played; a track of a moment may hold no picture yet."""
        tracks = [t for t in self._exhibit["tracks"] if t["person"] == person]
        return [self.path / "data" / track["copy"] for track in tracks if track["copy"]]

    def played_seconds(self, person: str) -> float:
        """How long the copies of somebody play, all together."""
        return sum(_duration(path) for path in self.copies(person))

    def verify(self) -> subprocess.CompletedProcess[str]:
        return openrvr("evidence", "verify", str(self.path))

    @property
    def _exhibit(self) -> dict[str, Any]:
        [recording] = [e for e in self.described["exhibits"] if e["kind"] == "recording"]
        return dict(recording)

    def _entries(self) -> list[dict[str, Any]]:
        lines = (self.path / "data" / self._exhibit["custody"]).read_bytes().splitlines()
        return [json.loads(line)["entry"] for line in lines]


def exported(demo: Demo, reference: str, directory: Path) -> Package:
    """Exported by the command, which finds the running service's database by its directory."""
    said = openrvr(
        "evidence",
        "export",
        reference,
        str(directory),
        "--by",
        "supervisor",
        "--data",
        str(demo.data),
        **demo.environment,
    )
    assert said.returncode == 0, said.stderr
    path = Path(said.stdout.strip().splitlines()[-1])
    return Package(path, json.loads((path / "data/package.json").read_bytes()))


def openrvr(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k not in NOT_INHERITED} | settings
    return subprocess.run(
        (sys.executable, "-m", "openrvr", *arguments),
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )


def _seconds(since: str, until: str) -> float:
    return (datetime.fromisoformat(until) - datetime.fromisoformat(since)).total_seconds()


def _duration(path: Path) -> float:
    with av.open(str(path)) as copy:
        assert copy.duration is not None
        return copy.duration / 1_000_000
