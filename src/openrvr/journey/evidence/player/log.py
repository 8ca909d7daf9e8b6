"""A custody log as people read it: who, when, what, newest last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from openrvr.journey.evidence.models import CustodyEntry, Exhibit
from openrvr.journey.evidence.player import words
from openrvr.journey.evidence.queries import slice_entries


class _Noted(NamedTuple):
    """An entry as it is told; `words` is empty for a slice, of which many are told as one."""

    position: int
    at: datetime
    by: str
    words: str


@dataclass(frozen=True)
class Line:
    """One entry of the log, or a run of slices: from position `first` to `last`."""

    first: int
    last: int
    at: datetime
    by: str
    what: str

    @property
    def positions(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first} to {self.last}"


def lines(exhibit: Exhibit, entries: Iterable[CustodyEntry]) -> list[Line]:
    """The whole log; `entries` are those that are no slices."""
    told = [_Noted(e.position, e.at, e.by_label, words.entry(e.what, e.details)) for e in entries]
    slices = [_Noted(*each, words="") for each in slice_entries(exhibit)]
    return list(_lines(sorted([*told, *slices])))


def _lines(noted: list[_Noted]) -> Iterator[Line]:
    for (by, what), run in groupby(noted, key=lambda each: (each.by, each.words)):
        together = list(run)
        if what:
            yield from (Line(each.position, each.position, each.at, by, what) for each in together)
        else:
            yield _run(together)


def _run(slices: list[_Noted]) -> Line:
    first, last = slices[0], slices[-1]
    what = words.slices(len(slices), last.at)
    return Line(first.position, last.position, first.at, first.by, what)
