"""One take: what one page load sent, in the files that Janus writes of it, cut into slices.

A slice is a tar file without an end, of what is new in each file: `audio/000000000000.mjr` begins
at that byte. All slices of a take, one after the other, are a tar file (`tar --ignore-zeros` reads
it), and the parts of a folder, one after the other, are the file as Janus wrote it.
"""

from __future__ import annotations

import io
import json
import os
import re
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from openrvr.journey.call.media.recording.mjr import Head, head, packets

MEDIA_TYPE = "video/x-mjr"
KINDS = {"audio": "sound", "video": "picture"}
SLICE = timedelta(seconds=2)
# So long nothing has to come before it is declared missing: a still is taken every four seconds.
ABSENT = {"audio": timedelta(seconds=1), "video": timedelta(seconds=5)}
# Bytes that are read of a file at once: some 20 s of a call, where the agent was away for long.
_MOST = 1_000_000
# `<call>.<seat>.<number>-<kind>-<place>.mjr`, and `.tmp` for as long as Janus writes to it.
_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_NAME = re.compile(rf"(({_UUID})\.({_UUID})\.([0-9a-f]+))-(audio|video|data)-\d+\.mjr(\.tmp)?")


@dataclass(frozen=True)
class Named:
    """What the name of a file says."""

    take: str
    call: str
    seat: str
    number: str
    kind: str
    is_open: bool


def named(name: str) -> Named | None:
    """None where it is no recording that a driver of ours has begun."""
    found = _NAME.fullmatch(name)
    if not found:
        return None
    take, call, seat, number, kind, still = found.groups()
    return Named(take, call, seat, number, kind, still is not None)


@dataclass(frozen=True)
class Cut:
    """A slice that is to be handed over: `reached` is where each file has been read to."""

    index: int
    since: datetime
    until: datetime
    reached: dict[str, int]
    missing: list[tuple[datetime, datetime, str]]
    final: bool

    def as_json(self) -> dict[str, Any]:
        return {
            **self.__dict__,
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "missing": [(a.isoformat(), b.isoformat(), what) for a, b, what in self.missing],
        }

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Cut:
        at = datetime.fromisoformat
        missing = [(at(a), at(b), what) for a, b, what in stored["missing"]]
        times = {"since": at(stored["since"]), "until": at(stored["until"])}
        return cls(**{**stored, **times, "missing": missing})


@dataclass
class Take:
    """`folder` is where Janus writes; all times are by the node's clock."""

    folder: Path
    name: str
    index: int = 0
    until: datetime | None = None
    reached: dict[str, int] = field(default_factory=dict)
    # When the last packet of each kind came.
    last: dict[str, datetime] = field(default_factory=dict)
    # Cut, and not yet receipted: whatever happens, it is cut in the same way again.
    cut: Cut | None = None
    _heads: dict[str, Head] = field(default_factory=dict)

    @classmethod
    def found(cls, folder: Path, name: str) -> Take:
        """With what was noted of it before, by this agent or one before it."""
        take = cls(folder, name)
        if take._notes.exists():
            said = json.loads(take._notes.read_bytes())
            at = datetime.fromisoformat
            take.index, take.reached = said["index"], said["reached"]
            take.until = at(said["until"]) if said["until"] else None
            take.last = {kind: at(when) for kind, when in said["last"].items()}
            take.cut = Cut.read(said["cut"]) if said["cut"] else None
        return take

    def files(self) -> dict[str, Path]:
        """By kind: what there is of sound and picture."""
        return {kind: path for kind, path in self._all_files().items() if kind in KINDS}

    def _all_files(self) -> dict[str, Path]:
        found = {}
        for path in self.folder.glob(f"{self.name}-*.mjr*"):
            what = named(path.name)
            if what and what.take == self.name:
                found[what.kind] = path
        return found

    @property
    def is_open(self) -> bool:
        """Janus goes on writing."""
        return any(path.name.endswith(".tmp") for path in self._all_files().values())

    def grew_at(self) -> float:
        """When anything of it was last written to, in seconds since 1970."""
        return max((path.stat().st_mtime for path in self._all_files().values()), default=0.0)

    def next(self, *, final: bool) -> Cut | None:
        """The next slice, if there are two seconds of it; `final`: whatever there is.

        The last one says that it is the last. Raises NotAnMjr, OSError.
        """
        if self.cut is None:
            self.cut = self._cut(final=final)
            if self.cut:
                self._note()
        return self.cut

    def _cut(self, *, final: bool) -> Cut | None:
        new = {kind: list(self._new(kind, path)) for kind, path in self.files().items()}
        times = [at for each in new.values() for at, _ in each]
        if not times:
            # Nothing more comes: an empty slice says so.
            end = self.until if final else None
            return Cut(self.index, end, end, dict(self.reached), [], True) if end else None
        begins = min(times)
        since = begins if self.until is None else min(begins, self.until)
        if self.until and begins - self.until > min(ABSENT.values()):
            since = begins
        ends = since + SLICE
        if max(times) < ends and not final:
            return None
        taken = {kind: [p for p in each if p[0] < ends] for kind, each in new.items()}
        reached = {**self.reached, **{kind: p[-1][1] for kind, p in taken.items() if p}}
        until = max(at for each in taken.values() for at, _ in each)
        is_last = final and all(
            len(taken[kind]) == len(new[kind]) and self._is_read(kind, path)
            for kind, path in self.files().items()
        )
        if is_last:
            # What Janus could not write to its end belongs to what it wrote.
            reached = {kind: path.stat().st_size for kind, path in self.files().items()}
        missing = self._missing(taken, since, until)
        return Cut(self.index, since, until, reached, missing, is_last)

    def _new(self, kind: str, path: Path) -> Iterable[tuple[datetime, int]]:
        with path.open("rb") as file:
            if kind not in self._heads:
                begins = head(file.read(4096))
                if begins is None:
                    return []
                self._heads[kind] = begins
            begins = self._heads[kind]
            offset = max(self.reached.get(kind, 0), begins.size)
            file.seek(offset)
            return [(p.at, p.end) for p in packets(file.read(_MOST), offset=offset, head=begins)]

    def _is_read(self, kind: str, path: Path) -> bool:
        """One reading reaches its end."""
        return path.stat().st_size - self.reached.get(kind, 0) <= _MOST

    def _missing(
        self, taken: dict[str, list[tuple[datetime, int]]], since: datetime, until: datetime
    ) -> list[tuple[datetime, datetime, str]]:
        """What did not come for so long that it is missed, as far as it lies in this slice."""
        found = []
        if self.until and since > self.until:
            found.append((self.until, since, "everything"))
        for kind, longest in ABSENT.items():
            came = [at for at, _ in taken.get(kind, [])]
            marks = [self.last.get(kind, since), *came, until]
            for before, after in pairwise(marks):
                if after - before > longest:
                    found.append((max(before, since), after, KINDS[kind]))
        return [each for each in found if each[0] < each[1]]

    def content(self, cut: Cut) -> bytes:
        """The bytes of a slice: the same whenever it is asked for, while the files are there."""
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            for kind, path in sorted(self.files().items()):
                start, end = self.reached.get(kind, 0), cut.reached.get(kind, 0)
                if end > start:
                    with path.open("rb") as file:
                        file.seek(start)
                        content = file.read(end - start)
                    member = tarfile.TarInfo(f"{kind}/{start:012}.mjr")
                    member.size = len(content)
                    tar.addfile(member, io.BytesIO(content))
            # Without what ends a tar file: the next slice goes on.
            return packed.getvalue()[: tar.offset]

    def receipted(self, cut: Cut) -> None:
        """It is kept elsewhere: what comes next is the next slice."""
        for kind, path in self.files().items():
            came = [at for at, end in self._new(kind, path) if end <= cut.reached.get(kind, 0)]
            if came:
                self.last[kind] = came[-1]
        self.index, self.until, self.reached, self.cut = cut.index + 1, cut.until, cut.reached, None
        self._note()

    def forget(self) -> None:
        """All of it is kept elsewhere: nothing of her stays on the node."""
        for path in (*self._all_files().values(), self._notes, self._next_notes):
            path.unlink(missing_ok=True)

    @property
    def _notes(self) -> Path:
        return self.folder / f"{self.name}.json"

    @property
    def _next_notes(self) -> Path:
        return self._notes.with_suffix(".new")

    def _note(self) -> None:
        said = {
            "index": self.index,
            "until": self.until.isoformat() if self.until else None,
            "reached": self.reached,
            "last": {kind: at.isoformat() for kind, at in self.last.items()},
            "cut": self.cut.as_json() if self.cut else None,
        }
        with self._next_notes.open("w", encoding="utf-8") as file:
            json.dump(said, file)
            file.flush()
            os.fsync(file.fileno())
        self._next_notes.replace(self._notes)
