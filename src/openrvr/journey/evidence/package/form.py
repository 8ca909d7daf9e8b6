"""The form of a package: a BagIt bag (RFC 8493) whose payload is described by a signed file.

RVR-26-000014/
  bagit.txt, bag-info.txt, manifest-sha256.txt, tagmanifest-sha256.txt
  data/
    package.json          what is in the package; names the SHA-256 of every other file
    package.json.sig      its signature by the service (Ed25519)
    package.json.tsr      a time-stamp authority's answer about it (RFC 3161), if any
    exhibits/1/custody.jsonl        the exhibit's custody log, an entry a line
    exhibits/1/masters/1-victim.webm
    exhibits/1/copies/1-victim.mp4
    exhibits/2/masters/1-victim.jpg   a photograph as she sent it, with what her phone wrote in it
    exhibits/2/copies/1-victim.jpg    the picture alone

What a node recorded is a tar file of what Janus wrote, `1-victim.mjr.tar`: the parts of a folder in
it, one after the other, are Janus' own file (`tar --ignore-zeros -xf`, then `cat audio/*`).

The recording of a call has `gaps`, what is missing of whom, from when to when and why (where a node
recorded, too: what neither it nor the officer's browser has); and `late`, what was received at
another time than it says that it was recorded. Both follow from its custody log, and are computed
again by whoever verifies.

An exhibit that she sent has `upload`: the file's name, size and SHA-256 as her phone told them, and
`finding`: clean, infected, or unscanned. An infected master is in the package like any other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from openrvr.journey.evidence.custody.chain import Signed, instant
from openrvr.journey.evidence.rules import (
    Cause,
    Covered,
    Gap,
    Interval,
    Kept,
    Late,
    Missing,
    Recorder,
    gaps,
    if_never,
    in_none,
    late,
    recorder_of,
)

FORMAT = "openrvr.package.1"
DESCRIPTION = "package.json"
SIGNATURE = "package.json.sig"
TIME_STAMP = "package.json.tsr"
_CONTEXT = b"openrvr.package.1"
# Of a call, these two are expected to be kept, whoever else is in it.
PEOPLE = ("victim", "officer")


def what_is_signed(description: bytes) -> bytes:
    """The bytes that the signature is over."""
    return _CONTEXT + hashlib.sha256(description).digest()


def written(description: dict[str, Any]) -> bytes:
    """The description as a file: for people to read, so with line breaks."""
    return json.dumps(description, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def gap_map(entries: Iterable[Signed], *, until: datetime) -> dict[str, list[dict[str, str]]]:
    """What is missing of each person, from the custody log of a recording alone.

    `until` is where a call that has not ended is counted to.
    """
    entries = list(entries)
    began = [e.entry.details["call_began"] for e in entries if e.entry.what == "begun"]
    ended = [e.entry.details["call_ended"] for e in entries if e.entry.what == "call_ended"]
    during = Interval(
        datetime.fromisoformat(began[0]), datetime.fromisoformat(ended[0]) if ended else until
    )
    tracks = slices_by_track(entries)
    people = dict.fromkeys([*PEOPLE, *(slices[0]["person"] for slices in tracks.values())])
    why = why_unrecorded(each.entry for each in entries)
    return {
        person: [
            as_json(gap)
            for gap in _gaps_of(
                person,
                tracks,
                during,
                if_never(person, is_anybody=bool(tracks), unrecorded=why),
            )
        ]
        for person in people
    }


def _gaps_of(
    person: str, tracks: dict[str, list[dict[str, Any]]], during: Interval, otherwise: Cause
) -> list[Gap]:
    recorders = sorted({recorder_of(slices[0]["media_type"]) for slices in tracks.values()})
    return in_none(
        gaps(
            during,
            [
                _kept(slices)
                for slices in tracks.values()
                if slices[0]["person"] == person
                and recorder_of(slices[0]["media_type"]) is recorder
            ],
            otherwise=otherwise,
        )
        for recorder in recorders or [Recorder.DESK]
    )


class Noted(Protocol):
    """An entry of a custody log, as it was signed or as it is stored."""

    @property
    def what(self) -> str: ...

    @property
    def details(self) -> dict[str, Any]: ...


def why_unrecorded(entries: Iterable[Noted]) -> Cause | None:
    """Why nobody was recorded, where that was noted."""
    noted = [each.details["cause"] for each in entries if each.what == "unrecorded"]
    return Cause(noted[-1]) if noted else None


def received_late(entries: Iterable[Signed]) -> list[dict[str, str | int]]:
    """What was received at another time than it says that it was recorded.

    `most_ms` is by how many milliseconds at the most; negative where it claims a later time.
    """
    slices = [each.entry for each in entries if each.entry.what == "slice"]
    return [
        {
            "person": each.person,
            "since": instant(each.since),
            "until": instant(each.until),
            "received": instant(each.received),
            "most_ms": round(each.most.total_seconds() * 1000),
        }
        for each in late(
            Late.by(
                entry.details["person"],
                datetime.fromisoformat(entry.details["since"]),
                datetime.fromisoformat(entry.details["until"]),
                entry.at,
            )
            for entry in slices
        )
    ]


def slices_by_track(entries: Iterable[Signed]) -> dict[str, list[dict[str, Any]]]:
    """What the log says of each slice, by track, in the order of their indexes."""
    tracks: dict[str, list[dict[str, Any]]] = {}
    for signed in entries:
        if signed.entry.what == "slice":
            tracks.setdefault(signed.entry.details["track"], []).append(signed.entry.details)
    for slices in tracks.values():
        slices.sort(key=lambda details: details["index"])
    return tracks


def wholes(entries: Iterable[Signed]) -> set[str]:
    """The SHA-256 that her phone gave of a file, and that it was found to have when it arrived."""
    return {e.entry.details["sha256"] for e in entries if e.entry.what == "complete"}


def as_json(gap: Gap) -> dict[str, str]:
    return {
        "since": instant(gap.since),
        "until": instant(gap.until),
        "missing": gap.missing.value,
        "cause": gap.cause.value,
    }


def as_gap(stored: dict[str, str]) -> Gap:
    return Gap(
        since=datetime.fromisoformat(stored["since"]),
        until=datetime.fromisoformat(stored["until"]),
        missing=Missing(stored["missing"]),
        cause=Cause(stored["cause"]),
    )


def _kept(slices: list[dict[str, Any]]) -> Kept:
    ended = next((each["ended"] for each in slices if each["final"]), "")
    return Kept(
        covers=tuple(
            Covered.by(
                each["index"],
                datetime.fromisoformat(each["since"]),
                datetime.fromisoformat(each["until"]),
                size=each["size"],
            )
            for each in slices
        ),
        ended=Cause(ended) if ended else None,
        conditions=tuple(as_gap(each) for slice_ in slices for each in slice_["conditions"]),
    )
