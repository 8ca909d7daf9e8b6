"""What the page of an exhibit shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from openrvr.foundation.cases.models import Case
from openrvr.foundation.clock.wording import how_long
from openrvr.journey.evidence.models import CustodyEntry, Exhibit, Kind
from openrvr.journey.evidence.package.form import why_unrecorded
from openrvr.journey.evidence.player import log, making, words
from openrvr.journey.evidence.queries import (
    PersonKept,
    custody_without_slices,
    kept_among,
    of_case_with_times,
    reached,
    received_late,
    tracks_to_play,
)
from openrvr.journey.evidence.rules import Cause, Interval, Missing, Recorder, seconds_missing


@dataclass(frozen=True)
class Moment:
    """A place on the clock of the call to jump to; `length` for a gap, None for a marker."""

    at: datetime
    seconds: float
    words: str
    length: timedelta | None = None

    @property
    def kind(self) -> str:
        return "marker" if self.length is None else "gap"

    @property
    def position(self) -> str:
        return words.position(self.seconds)

    @property
    def how_long(self) -> str:
        return short(self.length) if self.length else ""


@dataclass(frozen=True)
class Recording:
    """The recording of a call: what is kept of whom, what is missing, what was marked."""

    during: Interval
    is_live: bool
    people: tuple[PersonKept, ...]
    moments: tuple[Moment, ...]
    received_late: str
    # What one recorder has and another has not, and who recorded at all.
    differences: tuple[Moment, ...] = ()
    recorders: tuple[Recorder, ...] = ()
    # A node was to record, the call is over, and nothing has come of it.
    lacks_the_node: bool = False

    @property
    def missing(self) -> str:
        """`3 s` or `nothing`: for how long anything of anybody is missing."""
        return _missing(self.people) or "nothing"


def exhibit_page(
    exhibit: Exhibit, *, now: datetime, recorder: Recorder | None = None
) -> dict[str, Any]:
    """The context of `evidence/exhibit.html`. The number of statements is always the same.

    What is played is what `recorder` has recorded; of each person, the one that lacks least.
    """
    entries = list(custody_without_slices(exhibit))
    recording = _recording(exhibit, entries, now=now)
    if recording and recorder not in recording.recorders:
        recorder = None
    return {
        "exhibit": exhibit,
        "is_destroyed": exhibit.wrapped_key is None,
        "recording": recording,
        "told": _told(entries),
        "log": log.lines(exhibit, entries),
        "head": bytes(exhibit.head).hex(),
        "slices": exhibit.length - len(entries),
        "player": _player_data(recording, recorder, has_captions=exhibit.captions.exists())
        if recording
        else None,
        "played": recorder,
        "recorder_name": words.RECORDERS.get,
        "name_of": words.person,
        "language_name": words.language,
    }


@dataclass(frozen=True)
class Summary:
    """An exhibit in a line: `facts` are its length and what is missing, where it has a length."""

    exhibit: Exhibit
    facts: str


def summaries(case: Case) -> list[Summary]:
    """The exhibits of a case, read in three statements however many there are."""
    return [Summary(exhibit, _facts(exhibit)) for exhibit in of_case_with_times(case)]


def _facts(exhibit: Exhibit) -> str:
    call = exhibit.call
    if exhibit.kind != Kind.RECORDING or call is None:
        return ""
    if call.ended_at is None:
        return "being recorded"
    during = Interval(call.started_at, call.ended_at)
    missing = _missing(kept_among(list(exhibit.tracks.all()), during))
    return f"{how_long(during.length)}, {f'gap {missing}' if missing else 'no gap'}"


def _missing(people: Iterable[PersonKept]) -> str:
    """For how long anything of anybody is missing; empty where all is there."""
    seconds = seconds_missing(
        gap for person in people for gap in person.gaps if gap.cause is not Cause.NOT_IN_CALL
    )
    return short(timedelta(seconds=seconds)) if seconds else ""


def short(span: timedelta) -> str:
    """`3 s`, `under 1 s`."""
    return how_long(span) if span >= timedelta(seconds=1) else "under 1 s"


def _recording(exhibit: Exhibit, entries: list[CustodyEntry], *, now: datetime) -> Recording | None:
    call = exhibit.call
    if exhibit.kind != Kind.RECORDING or call is None:
        return None
    tracks = tracks_to_play(exhibit)
    # What a call that goes on has not yet delivered is not missing.
    during = Interval(call.started_at, call.ended_at or reached(tracks) or now)
    people = tuple(kept_among(tracks, during, unrecorded=why_unrecorded(entries)))
    moments = [*_gaps(people, during), *_markers(entries, during)]
    recorders = tuple(people[0].missing)
    is_awaited = call.recorded_since is not None and call.ended_at is not None
    return Recording(
        during=during,
        is_live=call.ended_at is None,
        people=people,
        moments=tuple(sorted(moments, key=lambda moment: (moment.at, moment.kind))),
        received_late=words.late(received_late(exhibit)),
        differences=tuple(_differences(people, during)),
        recorders=recorders,
        lacks_the_node=is_awaited and Recorder.NODE not in recorders,
    )


def _differences(people: tuple[PersonKept, ...], during: Interval) -> list[Moment]:
    found = [
        Moment(
            at=gap.since,
            seconds=_seconds(gap.since, during),
            words=words.difference(person.person, recorder, gap),
            length=gap.length,
        )
        for person in people
        for recorder, gap in person.differences
    ]
    return sorted(found, key=lambda moment: moment.at)


def _gaps(people: tuple[PersonKept, ...], during: Interval) -> list[Moment]:
    return [
        Moment(
            at=gap.since,
            seconds=_seconds(gap.since, during),
            words=words.gap(person.person, gap),
            length=gap.length,
        )
        for person in people
        for gap in person.gaps
    ]


def _markers(entries: list[CustodyEntry], during: Interval) -> list[Moment]:
    return [
        Moment(entry.at, _seconds(entry.at, during), str(entry.details["name"]))
        for entry in entries
        if entry.what == "marker"
    ]


def _told(entries: list[CustodyEntry]) -> dict[str, Any] | None:
    """In which words, in which language and when she was told of the recording."""
    for entry in entries:
        if entry.what == "begun" and (told := entry.details.get("told")):
            return {**told, "at": datetime.fromisoformat(told["at"])}
    return None


def _player_data(
    recording: Recording, recorder: Recorder | None, *, has_captions: bool
) -> dict[str, Any]:
    """What `player.ts` reads; all times are seconds from the beginning of the call."""
    during = recording.during
    return {
        "began": during.since.isoformat(),
        "seconds": _seconds(during.until, during),
        "people": [
            _person(person, recorder or person.best, during, has_captions=has_captions)
            for person in recording.people
        ],
        "markers": [
            {"at": moment.seconds, "words": moment.words}
            for moment in recording.moments
            if moment.kind == "marker"
        ],
    }


def _person(
    person: PersonKept, recorder: Recorder, during: Interval, *, has_captions: bool
) -> dict[str, Any]:
    return {
        "person": person.person,
        "takes": [
            {
                # The page asks for what is missing as soon as it is there.
                **making.to_play(
                    track,
                    is_being_made=not making.is_whole(track),
                    has_captions=has_captions,
                ),
                "since": _seconds(track.slices.all()[0].since, during),
                "until": _seconds(max(each.until for each in track.slices.all()), during),
                "hasPicture": track.media_type.startswith("video/"),
            }
            for track in person.tracks_by(recorder)
        ],
        "gaps": [
            {
                "since": _seconds(gap.since, during),
                "until": _seconds(gap.until, during),
                "isEverything": gap.missing is Missing.EVERYTHING,
                "words": words.gap(person.person, gap),
                "label": f"{words.CAUSES[gap.cause]}, {short(gap.length)}",
            }
            for gap in person.missing[recorder]
        ],
    }


def _seconds(at: datetime, during: Interval) -> float:
    return round((at - during.since).total_seconds(), 3)
