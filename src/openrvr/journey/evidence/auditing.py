"""Verifying the evidence store itself: every log, every row, every stored slice, every anchor."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import SuspiciousFileOperation
from django.db import transaction
from django.db.models import QuerySet

from openrvr.foundation.audit.models import AuditLine
from openrvr.journey.call.models import Call
from openrvr.journey.evidence import copies, custody_log, masters, vault
from openrvr.journey.evidence.copies import CopyDamaged
from openrvr.journey.evidence.custody.chain import ChainFault, Entry, Signed, canonical, instant
from openrvr.journey.evidence.custody.keys import KeyUnknown, NotTheKey
from openrvr.journey.evidence.custody.sealing import DoesNotOpen
from openrvr.journey.evidence.masters import MasterDamaged
from openrvr.journey.evidence.models import (
    Disposal,
    Exhibit,
    Kind,
    RecordingNotice,
    Slice,
    Upload,
    WorkingCopy,
)
from openrvr.journey.evidence.package.form import slices_by_track
from openrvr.journey.evidence.player import captions
from openrvr.journey.evidence.player.captions import CaptionsDamaged
from openrvr.journey.evidence.retention.certificates import certifies
from openrvr.journey.evidence.vault import Shredded

# What something is told by, among others of its kind: numbers and names from a log's details.
_Key = tuple[Any, ...]


class NotAsReceipted(Exception):
    """A row says something else than the custody log does; the sentence says what."""


def faults() -> Iterator[tuple[str, str]]:
    """The reference of each exhibit that is not as it was receipted, and what is wrong first."""
    # Read before the exhibits: what begins meanwhile is among them then.
    gone = _named_by_the_access_log()
    for exhibit in Exhibit.objects.select_related("case").order_by("case_id", "number"):
        gone.pop(str(exhibit.pk), None)
        # What was destroyed between two readings is no fault: it is looked at again.
        fault = _fault(exhibit) and _fault(exhibit)
        if fault:
            yield exhibit.reference, fault
    for reference in sorted(gone.values()):
        yield reference, "The access log names it, and there is no such exhibit any more."


def _named_by_the_access_log() -> dict[str, str]:
    """The references of all exhibits that ever were, by their ids."""
    lines = AuditLine.objects.filter(details__has_key="exhibit_id")
    return dict(lines.values_list("details__exhibit_id", "details__exhibit").distinct())


def _fault(exhibit: Exhibit) -> str:
    try:
        _check(exhibit.pk)
    except (
        ChainFault,
        NotAsReceipted,
        MasterDamaged,
        CaptionsDamaged,
        CopyDamaged,
        DoesNotOpen,
        KeyUnknown,
        NotTheKey,
        Shredded,
    ) as fault:
        return str(fault)
    except (OSError, SuspiciousFileOperation) as fault:
        return f"It cannot be read from the store: {fault}"
    return ""


def _check(exhibit_id: uuid.UUID) -> None:
    with transaction.atomic():
        # Nothing is added between the readings of rows and log.
        exhibit = custody_log.lock(exhibit_id)
        log = list(custody_log.whole(exhibit))
        _check_end(exhibit, log)
        _check_rows(exhibit, log)
    if exhibit.wrapped_key is None:
        _check_destruction(exhibit, log)
        return
    _check_what_is_stored(exhibit, log)


def _check_what_is_stored(exhibit: Exhibit, log: list[Signed]) -> None:
    """First what can never be made again."""
    key = vault.data_key(exhibit)
    for track in exhibit.tracks.all():
        for _ in masters.content(track, data_key=key):
            pass
    captioned = _entries(log, "captioned", "number")
    for added in exhibit.captions.order_by("number"):
        if entry := captioned.get((added.number,)):
            captions.check(added, sha256=str(entry.details["sha256"]))
    for made in _copies_of(exhibit):
        copies.check(made)


def _check_end(exhibit: Exhibit, log: list[Signed]) -> None:
    """The log's end, as the exhibit's row has it and as the access log took note of it."""
    head = log[-1].hash if log else b""
    if (exhibit.length, bytes(exhibit.head)) != (len(log), head):
        raise ChainFault(f"The log ends at entry {len(log)} of {exhibit.length}.")
    noted = AuditLine.objects.filter(
        case_reference=exhibit.case.reference, details__exhibit_id=str(exhibit.pk)
    ).order_by("at")
    for line in noted:
        if line.details["exhibit"] != exhibit.reference:
            raise NotAsReceipted(f"The access log knows it as {line.details['exhibit']}.")
        length, expected = line.details["length"], line.details["head"]
        if length > len(log) or log[length - 1].hash.hex() != expected:
            raise ChainFault(f"Entry {length} is not the one that the access log took note of.")


def _check_rows(exhibit: Exhibit, log: list[Signed]) -> None:
    """Whatever the log has receipted stands in the rows, from which pages and clocks are made."""
    if not log or log[0].entry.what != "begun":
        raise ChainFault("Its custody log has no beginning.")
    begun = log[0].entry
    _check_what_it_is(exhibit, begun)
    if exhibit.kind == Kind.RECORDING:
        _check_call(exhibit, begun, _last(log, "call_ended"))
    if exhibit.kind in {Kind.PHOTOGRAPH, Kind.UPLOAD}:
        _check_upload(exhibit, log)
    _check_tracks(exhibit, log)
    _check_slices(exhibit, log)
    _check_captions(exhibit, log)
    _check_copies(exhibit, log)


def _check_what_it_is(exhibit: Exhibit, begun: Entry) -> None:
    # What she sends, or signs, is made when its exhibit begins.
    made_at = begun.details.get("call_began", instant(begun.at))
    _compare(
        "The exhibit",
        {
            "case": exhibit.case.reference,
            "kind": exhibit.kind,
            "call": str(exhibit.call_id or ""),
            "made_at": instant(exhibit.made_at),
        },
        {**_of(begun, "case", "kind", "call"), "made_at": made_at},
    )


def _check_call(exhibit: Exhibit, begun: Entry, ended: Entry | None) -> None:
    """Gaps are counted between its beginning and its end."""
    call = exhibit.call
    if call is None:
        raise NotAsReceipted("The recording is said to be of no call.")
    _compare(
        "The call",
        {
            "started_at": instant(call.started_at),
            "ended_at": _instant(call.ended_at),
            "ended_by": call.ended_by,
        },
        {
            "started_at": begun.details["call_began"],
            "ended_at": ended and ended.details["call_ended"],
            "ended_by": ended.details["ended_by"] if ended else "",
        },
    )
    if told := begun.details["told"]:
        _check_notice(call, told)


def _check_notice(call: Call, told: dict[str, str]) -> None:
    """In which words she was told of the recording, and when."""
    notice = RecordingNotice.objects.filter(invitation=call.invitation_id).first()
    if notice is None:
        raise NotAsReceipted("The recording notice is gone.")
    _compare(
        "The recording notice",
        {
            "at": instant(notice.told_at),
            "words": notice.words,
            "language": notice.language,
            "policy": notice.policy_version,
        },
        told,
    )


def _check_upload(exhibit: Exhibit, log: list[Signed]) -> None:
    """What was announced, whether it arrived whole, and whether it may be shown."""
    upload = Upload.objects.filter(exhibit=exhibit).first()
    if upload is None:
        raise NotAsReceipted("What was announced of the file is gone.")
    complete, broken, scanned = (_last(log, what) for what in ("complete", "not_whole", "scanned"))
    _compare(
        "The upload",
        {
            "media_type": upload.media_type,
            "size": upload.size,
            "sha256": upload.sha256,
            "complete_at": _instant(upload.complete_at),
            "fault": upload.fault,
            "finding": upload.finding,
            "signature": upload.signature,
        },
        {
            **_of(log[0].entry, "media_type", "size", "sha256"),
            "complete_at": complete and instant(complete.at),
            "fault": broken.details["fault"] if broken else "",
            **(_of(scanned, "finding", "signature") if scanned else _NOT_SCANNED),
        },
    )


_NOT_SCANNED = {"finding": "", "signature": ""}


def _check_tracks(exhibit: Exhibit, log: list[Signed]) -> None:
    """Each track as its slices began and ended it; their order is that of their first slices."""
    rows = {(str(track.pk),): track for track in exhibit.tracks.all()}
    receipted = {(track,): slices for track, slices in slices_by_track(log).items()}
    _check_all_there("track {}", rows, receipted)
    for number, (key, slices) in enumerate(receipted.items(), start=1):
        row, final = rows[key], next((each for each in slices if each["final"]), None)
        _compare(
            f"Track {row.pk}",
            {
                "number": row.number,
                "person": row.person,
                "media_type": row.media_type,
                "last": row.last,
                "ended": row.ended,
            },
            {
                "number": number,
                "person": slices[0]["person"],
                "media_type": slices[0]["media_type"],
                "last": final and final["index"],
                "ended": final["ended"] if final else "",
            },
        )


def _check_slices(exhibit: Exhibit, log: list[Signed]) -> None:
    """Every slice that was receipted has its row, and no row is without its own receipt."""
    receipted = {
        (each["track"], each["index"], _slice(exhibit.pk, entry.position, **each))
        for entry in (signed.entry for signed in log)
        if entry.what == "slice" and (each := entry.details)
    }
    rows = {
        (
            str(each["track_id"]),
            each["index"],
            _slice(
                each["entry__exhibit_id"],
                each["entry__position"],
                **{**each, "since": instant(each["since"]), "until": instant(each["until"])},
            ),
        )
        for each in Slice.objects.filter(track__exhibit=exhibit).values(
            "track_id", "index", "entry__exhibit_id", "entry__position", *_OF_A_SLICE
        )
    }
    for track, index, _ in sorted(receipted ^ rows):
        raise NotAsReceipted(f"Slice {index} of track {track} is not as it was receipted.")


_OF_A_SLICE = ("sha256", "size", "final", "since", "until", "conditions")


def _slice(exhibit_id: uuid.UUID, position: int, **said: object) -> bytes:
    """What row and receipt both say of a slice, to be compared."""
    return canonical([str(exhibit_id), position, *(said[name] for name in _OF_A_SLICE)])


def _check_captions(exhibit: Exhibit, log: list[Signed]) -> None:
    receipted = _entries(log, "captioned", "number")
    rows = {(each.number,): each for each in exhibit.captions.all()}
    _check_all_there("captions {}", rows, receipted)
    for (number,), entry in receipted.items():
        added_at = instant(rows[(number,)].added_at)
        _compare(
            f"The file of captions {number}",
            {"added_at": added_at},
            {"added_at": instant(entry.at)},
        )


def _check_copies(exhibit: Exhibit, log: list[Signed]) -> None:
    """Each copy as it was made last: one that was damaged is made again in its place."""
    receipted = _entries(log, "copied", "slices", "track")
    rows = {(each.slices, str(each.track_id)): each for each in _copies_of(exhibit)}
    _check_all_there("the copy of {} slices of track {}", rows, receipted)
    for key, entry in receipted.items():
        made = rows[key]
        _compare(
            "The copy of {} slices of track {}".format(*key),
            {**copies.receipt(made), "made_at": instant(made.made_at)},
            {**entry.details, "made_at": instant(entry.at)},
        )


def _copies_of(exhibit: Exhibit) -> QuerySet[WorkingCopy]:
    made = WorkingCopy.objects.filter(track__exhibit=exhibit)
    return made.select_related("track__exhibit__case").order_by("track__number", "slices")


def _check_all_there(
    what: str, rows: Mapping[_Key, object], receipted: Mapping[_Key, object]
) -> None:
    for key in sorted(rows.keys() ^ receipted.keys()):
        raise NotAsReceipted(f"Of {what.format(*key)} there is either no row or no receipt.")


def _compare(what: str, row: Mapping[str, object], log: Mapping[str, object]) -> None:
    for name, said in log.items():
        if row[name] != said:
            raise NotAsReceipted(f"{what} has another {name} than its custody log.")


def _of(entry: Entry, *names: str) -> dict[str, object]:
    return {name: entry.details.get(name) for name in names}


def _entries(log: list[Signed], what: str, *names: str) -> dict[_Key, Entry]:
    """The newest entry of a kind about each thing, which its details name by `names`."""
    entries = (each.entry for each in log if each.entry.what == what)
    return {tuple(entry.details[name] for name in names): entry for entry in entries}


def _last(log: list[Signed], what: str) -> Entry | None:
    return next((each.entry for each in reversed(log) if each.entry.what == what), None)


def _instant(at: datetime | None) -> str | None:
    return instant(at) if at else None


def _check_destruction(exhibit: Exhibit, log: list[Signed]) -> None:
    """Its key is gone by a decision that was logged and certified, and not otherwise."""
    disposal = Disposal.objects.filter(exhibit=exhibit).first()
    if not any(each.entry.what == "destroyed" for each in log) or disposal is None:
        raise MasterDamaged("Its key is gone, and nobody has destroyed it.")
    if not certifies(disposal.certificate, exhibit):
        raise MasterDamaged("The certificate of its destruction is not genuine.")
