"""What is kept of a call, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from openrvr.foundation.cases.models import Case
from openrvr.journey.evidence.models import Exhibit, Slice, Track
from openrvr.journey.evidence.package.form import PEOPLE, as_gap
from openrvr.journey.evidence.rules import Cause, Gap, Interval, Kept, gaps


@dataclass(frozen=True)
class PersonKept:
    """What of one person is kept: tracks in their order, and every gap."""

    person: str
    tracks: tuple[Track, ...]
    gaps: tuple[Gap, ...]


def of_case(case: Case) -> QuerySet[Exhibit]:
    """The case's exhibits, in the order of their numbers."""
    return Exhibit.objects.filter(case=case).select_related("case", "call").order_by("number")


def tracks_of(exhibit: Exhibit) -> list[Track]:
    """The tracks with their slices, each in order, read at once."""
    slices = Prefetch("slices", queryset=Slice.objects.order_by("index"))
    return list(exhibit.tracks.order_by("number").prefetch_related(slices))


def kept_of_call(exhibit: Exhibit, *, now: datetime) -> list[PersonKept]:
    """Everybody of a recorded call, and what is missing of each until its end, or until now."""
    call = exhibit.call
    if call is None:
        raise ValueError("This exhibit is not the recording of a call.")
    during = Interval(call.started_at, call.ended_at or now)
    tracks = tracks_of(exhibit)
    people = dict.fromkeys([*PEOPLE, *(track.person for track in tracks)])
    return [_person(name, [t for t in tracks if t.person == name], during) for name in people]


def _person(name: str, tracks: list[Track], during: Interval) -> PersonKept:
    found = gaps(during, [kept(track) for track in tracks])
    return PersonKept(name, tuple(tracks), tuple(found))


def kept(track: Track) -> Kept:
    """A track as the rules see it."""
    slices = list(track.slices.all())
    return Kept(
        covers=tuple(Interval(each.since, each.until) for each in slices),
        ended=Cause(track.ended) if track.ended else None,
        conditions=tuple(_conditions(slices)),
    )


def _conditions(slices: Iterable[Slice]) -> Iterable[Gap]:
    for each in slices:
        for condition in each.conditions:
            yield as_gap(condition)
