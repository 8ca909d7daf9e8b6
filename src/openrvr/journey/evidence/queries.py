"""What is kept of a call, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Prefetch, Q, QuerySet

from openrvr.foundation.cases.models import Case
from openrvr.journey.evidence.models import CustodyEntry, Exhibit, Slice, Track, WorkingCopy
from openrvr.journey.evidence.package.form import PEOPLE, as_gap
from openrvr.journey.evidence.rules import (
    LATE,
    Cause,
    Covered,
    Gap,
    Interval,
    Kept,
    Late,
    Recorder,
    gaps,
    if_never,
    in_none,
    late,
    not_in,
    recorder_of,
    seconds_missing,
)


@dataclass(frozen=True)
class PersonKept:
    """What of one person is kept: tracks in their order, and every gap.

    `missing` is what each recorder lacks; `gaps` what all of them lack.
    """

    person: str
    tracks: tuple[Track, ...]
    gaps: tuple[Gap, ...]
    missing: dict[Recorder, tuple[Gap, ...]]

    @property
    def best(self) -> Recorder:
        """The recorder that lacks least; of two that lack as much, the officer's browser."""
        return min(self.missing, key=lambda each: seconds_missing(self.missing[each]))

    @property
    def differences(self) -> list[tuple[Recorder, Gap]]:
        """What one recorder lacks, and another has."""
        found = [
            (recorder, part)
            for recorder, missing in self.missing.items()
            for part in not_in(missing, self.gaps)
        ]
        return sorted(found, key=lambda each: each[1].since)

    def tracks_by(self, recorder: Recorder) -> list[Track]:
        return [each for each in self.tracks if recorder_of(each.media_type) is recorder]


def of_case(case: Case) -> QuerySet[Exhibit]:
    """The case's exhibits, in the order of their numbers."""
    return Exhibit.objects.filter(case=case).select_related("case", "call").order_by("number")


def tracks_of(exhibit: Exhibit) -> list[Track]:
    """The tracks with their slices, each in order, read at once."""
    slices = Prefetch("slices", queryset=Slice.objects.order_by("index"))
    return list(exhibit.tracks.order_by("number").prefetch_related(slices))


def kept_among(
    tracks: list[Track], during: Interval, *, unrecorded: Cause | None = None
) -> list[PersonKept]:
    """Everybody whom the tracks show, or ought to, and what is missing of each.

    `unrecorded` is why nobody was recorded, where that is known.
    """
    people = dict.fromkeys([*PEOPLE, *(track.person for track in tracks)])
    recorders = sorted({recorder_of(track.media_type) for track in tracks}) or [Recorder.DESK]
    return [
        _person(
            name,
            [track for track in tracks if track.person == name],
            during,
            recorders,
            otherwise=if_never(name, is_anybody=bool(tracks), unrecorded=unrecorded),
        )
        for name in people
    ]


def received_late(exhibit: Exhibit) -> list[Late]:
    """What was received at another time than it says that it was recorded."""
    away = Q(entry__at__gt=F("until") + LATE) | Q(entry__at__lt=F("until") - LATE)
    slices = (
        Slice.objects.filter(away, track__exhibit=exhibit)
        .order_by("entry__position")
        .values_list("track__person", "since", "until", "entry__at")
    )
    return late(Late.by(*each) for each in slices)


def reached(tracks: Iterable[Track]) -> datetime | None:
    """Until when anything is kept of anybody."""
    return max((each.until for track in tracks for each in track.slices.all()), default=None)


# Of a slice, what gaps are found by: a call of an hour has thousands.
_TIMES = Slice.objects.order_by("index").only(
    "track_id", "index", "size", "since", "until", "conditions"
)


def tracks_to_play(exhibit: Exhibit) -> list[Track]:
    """The tracks with the times of their slices, and with their working copies, newest last."""
    return list(
        exhibit.tracks.order_by("number").prefetch_related(
            Prefetch("slices", queryset=_TIMES),
            Prefetch("copies", queryset=WorkingCopy.objects.order_by("slices").defer("pieces")),
        )
    )


def of_case_with_times(case: Case) -> QuerySet[Exhibit]:
    """`of_case` with tracks and the times of their slices, in three statements."""
    tracks = Track.objects.order_by("number").prefetch_related(Prefetch("slices", queryset=_TIMES))
    return of_case(case).prefetch_related(Prefetch("tracks", queryset=tracks))


def custody_without_slices(exhibit: Exhibit) -> QuerySet[CustodyEntry]:
    """What was done to the exhibit besides receiving it, in its order."""
    return CustodyEntry.objects.filter(exhibit=exhibit).exclude(what="slice").order_by("position")


def slice_entries(exhibit: Exhibit) -> Iterator[tuple[int, datetime, str]]:
    """Position, time and deliverer of each slice in the custody log, in its order."""
    entries = CustodyEntry.objects.filter(exhibit=exhibit, what="slice").order_by("position")
    return entries.values_list("position", "at", "by_label").iterator(chunk_size=5000)


def _person(
    name: str,
    tracks: list[Track],
    during: Interval,
    recorders: Iterable[Recorder],
    *,
    otherwise: Cause,
) -> PersonKept:
    missing = {
        recorder: tuple(
            gaps(
                during,
                [kept(each) for each in tracks if recorder_of(each.media_type) is recorder],
                otherwise=otherwise,
            )
        )
        for recorder in recorders
    }
    return PersonKept(name, tuple(tracks), tuple(in_none(missing.values())), missing)


def kept(track: Track) -> Kept:
    """A track as the rules see it."""
    slices = list(track.slices.all())
    return Kept(
        covers=tuple(
            Covered.by(each.index, each.since, each.until, size=each.size) for each in slices
        ),
        ended=Cause(track.ended) if track.ended else None,
        conditions=tuple(_conditions(slices)),
    )


def _conditions(slices: Iterable[Slice]) -> Iterable[Gap]:
    for each in slices:
        for condition in each.conditions:
            yield as_gap(condition)
