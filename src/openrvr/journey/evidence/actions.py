"""Telling her of the recording, and keeping it slice by slice."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max

from openrvr.foundation.audit import actions as audit
from openrvr.foundation.cases import actions as cases
from openrvr.foundation.people.actors import Actor, victim
from openrvr.foundation.policy.queries import policy
from openrvr.foundation.refusal import Refused
from openrvr.foundation.unit_of_work import unit_of_work
from openrvr.journey.call import actions as calls
from openrvr.journey.call.media import chosen
from openrvr.journey.call.models import Call
from openrvr.journey.call.news import CallAnswered, CallEnded
from openrvr.journey.evidence import custody_log, jobs, vault
from openrvr.journey.evidence.custody.chain import Signed, instant
from openrvr.journey.evidence.custody.keys import new_key
from openrvr.journey.evidence.custody.sealing import Place
from openrvr.journey.evidence.models import Exhibit, Kind, RecordingNotice, Slice, Track
from openrvr.journey.evidence.retention import actions as retention
from openrvr.journey.evidence.rules import LARGEST_SLICE, Cause, Missing
from openrvr.journey.evidence.vault import Shredded
from openrvr.journey.invitation.models import Invitation

# A day of slices, and of beginning anew every few seconds: what is more is no call.
MOST_SLICES = 50_000
MOST_TRACKS = 2_000
# A recorder stops a little after the call does.
AFTER_THE_CALL = timedelta(seconds=10)
# Slices come once a second. The access log takes note of a custody log at least so often.
NOTED_EVERY = 30


class NotTold(Refused):
    """Nothing is recorded before she has been told of it."""

    def __init__(self) -> None:
        super().__init__("She has not been told that the call is recorded: it is not.")


class Altered(Refused):
    """What arrived is not what was hashed."""

    status = 422

    def __init__(self) -> None:
        super().__init__("The slice does not fit its hash: it was altered on the way.")


class TooLarge(Refused):
    status = 413

    def __init__(self) -> None:
        super().__init__(f"A slice has at most {LARGEST_SLICE // 1024} kB.")


class NotItsPlace(Refused):
    """Something else is kept there, or nothing may be kept there."""


@dataclass(frozen=True)
class Piece:
    """A slice as its recorder describes it; `ended` is why it is the last, where it is.

    `conditions` are what the recorder noticed in it: since, until, missing, cause.
    """

    track: uuid.UUID
    index: int
    person: str
    media_type: str
    sha256: str
    since: datetime
    until: datetime
    final: bool
    ended: str = ""
    conditions: tuple[tuple[datetime, datetime, Missing, Cause], ...] = ()


@unit_of_work()
def tell(invitation: Invitation, *, language: str, now: datetime) -> RecordingNotice:
    """She has read that the call is recorded and goes on. The first time counts.

    `language` is that of her page; the notice keeps the one that the words were really in.
    """
    said = policy().recording_in(language)
    notice, new = RecordingNotice.objects.get_or_create(
        invitation=invitation,
        defaults={
            "words": said.words,
            "language": said.language,
            "policy_version": policy().version,
            "told_at": now,
        },
    )
    if new:
        audit.record(
            "evidence.told",
            by=victim(invitation.pk),
            now=now,
            case_reference=invitation.case.reference,
        )
    return notice


@unit_of_work()
def note_end(over: CallEnded) -> None:
    """The call has ended: until here everything must be kept, or declared missing.

    Also of a call of which nobody has recorded anything: its case is locked by who ends it.
    """
    exhibit = recording_of(over.call.pk)
    if exhibit is None:
        notice = _notice(over.call)
        exhibit = _begin(
            case_number(over.call.case_id), over.call, notice, by=over.by, now=over.now
        )
        why = Cause.UNKNOWN if notice else Cause.NOT_TOLD
        _note_unrecorded(exhibit, why, by=over.by, now=over.now)
    else:
        _note_end(custody_log.lock(exhibit.pk), over.call, by=over.by, now=over.now)


def have_nodes_record(answered: CallAnswered) -> None:
    """Where nodes record nobody's browser is needed for it: it begins with the answer."""
    call = answered.call
    if chosen.nodes_record() and _notice(call):
        begin_recording(call.pk, by=call.officer.actor, now=answered.now)
        calls.record_by_nodes(call, now=answered.now)


def _note_unrecorded(exhibit: Exhibit, why: Cause, *, by: Actor, now: datetime) -> None:
    custody_log.note(exhibit, "unrecorded", by=by, now=now, cause=why.value)


def _note_end(exhibit: Exhibit, call: Call, *, by: Actor, now: datetime) -> None:
    custody_log.note(
        exhibit,
        "call_ended",
        by=by,
        now=now,
        call_ended=instant(call.ended_at or now),
        ended_by=call.ended_by,
    )


@unit_of_work()
def begin_recording(
    call_id: uuid.UUID, *, by: Actor, now: datetime, is_able: bool = True
) -> Exhibit:
    """The recording of a call, begun now or before. Raises NotTold, Call.DoesNotExist.

    The exhibit's first entry holds the words that she was told, and when. A browser that is not
    able to record says so, and that is declared.
    """
    begun = recording_of(call_id)
    if begun and begun.call and is_able and _notice(begun.call):
        return begun
    case = cases.lock_where(calls=call_id)
    call = Call.objects.select_related("invitation__recording_notice").get(pk=call_id)
    notice = _notice(call)
    if notice is None:
        raise NotTold
    exhibit = recording_of(call_id) or _begin(case_number(case.pk), call, notice, by=by, now=now)
    if not is_able:
        _note_unrecorded(custody_log.lock(exhibit.pk), Cause.NOT_SUPPORTED, by=by, now=now)
    return exhibit


def _notice(call: Call) -> RecordingNotice | None:
    """That she was told, if she was."""
    return getattr(call.invitation, "recording_notice", None)


def _begin(
    number: int, call: Call, notice: RecordingNotice | None, *, by: Actor, now: datetime
) -> Exhibit:
    exhibit = Exhibit(
        case=call.case, number=number, kind=Kind.RECORDING, call=call, made_at=call.started_at
    )
    told = notice and {
        "at": instant(notice.told_at),
        "words": notice.words,
        "language": notice.language,
        "policy": notice.policy_version,
    }
    begun = begin_exhibit(exhibit, by=by, now=now, call_began=instant(call.started_at), told=told)
    if call.ended_at:
        _note_end(begun, call, by=by, now=now)
    return begun


def begin_exhibit(exhibit: Exhibit, *, by: Actor, now: datetime, **details: object) -> Exhibit:
    """Save a new exhibit of a case that the caller has locked, with a data key of its own.

    `details` stand in its custody log's first entry.
    """
    keys = vault.master_keys()
    exhibit.wrapped_key = keys.wrap(new_key(), exhibit=str(exhibit.pk))
    exhibit.master_key = keys.current
    exhibit.save(force_insert=True)
    custody_log.note(
        exhibit,
        "begun",
        by=by,
        now=now,
        case=exhibit.case.reference,
        kind=exhibit.kind,
        call=str(exhibit.call_id or ""),
        **details,
    )
    retention.classify(exhibit, policy().first_category, by=by, now=now)
    return exhibit


def keep(call_id: uuid.UUID, piece: Piece, content: bytes, *, by: Actor, now: datetime) -> Signed:
    """Keep one slice of a call; returns the receipt. Sent twice it is kept once.

    Raises Altered, TooLarge, NotItsPlace, NotTold, NoRoom, Shredded.
    """
    if len(content) > LARGEST_SLICE:
        raise TooLarge
    if hashlib.sha256(content).hexdigest() != piece.sha256:
        raise Altered
    return keep_in(begin_recording(call_id, by=by, now=now), piece, content, by=by, now=now)


def keep_in(exhibit: Exhibit, piece: Piece, content: bytes, *, by: Actor, now: datetime) -> Signed:
    """`keep`, in an exhibit that has begun, of content that was held against its hash.

    Raises NotItsPlace, NoRoom, Shredded.
    """
    if receipt := _kept_before(exhibit, piece):
        return receipt
    place = Place(str(exhibit.pk), str(piece.track), piece.index, piece.final)
    stored_as = vault.store(content, place, data_key=vault.data_key(exhibit))
    try:
        receipt, mine = _record(exhibit, piece, len(content), stored_as, by=by, now=now)
    except Refused:
        vault.forget(stored_as)
        raise
    # After anything else nobody knows whether it was committed: what lies there stays.
    if not mine:
        vault.forget(stored_as)
    return receipt


@unit_of_work()
def _record(
    exhibit: Exhibit, piece: Piece, size: int, stored_as: str, *, by: Actor, now: datetime
) -> tuple[Signed, bool]:
    """The receipt, and whether it is for what lies under `stored_as`."""
    exhibit = custody_log.lock(exhibit.pk)
    if exhibit.wrapped_key is None:
        raise Shredded(exhibit)
    if receipt := _kept_before(exhibit, piece):
        return receipt, False
    track = _track(exhibit, piece)
    conditions = [
        {
            "since": instant(since),
            "until": instant(until),
            "missing": missing.value,
            "cause": cause.value,
        }
        for since, until, missing, cause in piece.conditions
    ]
    is_noted = (exhibit.length + 1) % NOTED_EVERY == 0
    entry = (custody_log.note if is_noted else custody_log.append)(
        exhibit,
        "slice",
        by=by,
        now=now,
        track=str(track.pk),
        person=track.person,
        media_type=track.media_type,
        index=piece.index,
        sha256=piece.sha256,
        size=size,
        since=instant(piece.since),
        until=instant(piece.until),
        final=piece.final,
        ended=piece.ended,
        conditions=conditions,
    )
    Slice.objects.create(
        track=track,
        index=piece.index,
        sha256=piece.sha256,
        size=size,
        final=piece.final,
        since=piece.since,
        until=piece.until,
        conditions=conditions,
        stored_as=stored_as,
        entry=entry,
    )
    if track.last is not None:
        _let_the_worker_go_on(exhibit, track)
    return custody_log.signed(entry), True


def _let_the_worker_go_on(exhibit: Exhibit, track: Track) -> None:
    if exhibit.kind == Kind.RECORDING:
        jobs.copy.defer(track_id=str(track.pk))
    elif exhibit.kind not in {Kind.STATEMENT, Kind.THREAD}:
        # What she sends is looked at by the antivirus before anything is made of it.
        jobs.look.defer(exhibit_id=str(exhibit.pk))


def _kept_before(exhibit: Exhibit, piece: Piece) -> Signed | None:
    """The receipt of this very slice. Raises NotItsPlace where another is kept in its place."""
    kept = (
        Slice.objects.filter(track_id=piece.track, index=piece.index)
        .select_related("entry", "track")
        .first()
    )
    if kept is None:
        return None
    if kept.track.exhibit_id != exhibit.pk:
        raise NotItsPlace("This track belongs to another recording.")
    if kept.sha256 != piece.sha256 or kept.final != piece.final:
        raise NotItsPlace("Another slice is kept in this place: nothing that is kept is altered.")
    return custody_log.signed(kept.entry)


def _track(exhibit: Exhibit, piece: Piece) -> Track:
    """The slice's track, begun with the first slice that arrives; ended by its last one."""
    track = Track.objects.filter(pk=piece.track).first() or _begin_track(exhibit, piece)
    if track.exhibit_id != exhibit.pk:
        raise NotItsPlace("This track belongs to another recording.")
    if (track.person, track.media_type) != (piece.person, piece.media_type):
        raise NotItsPlace("This track is another person's, or of another format.")
    if track.last is not None and piece.index > track.last:
        raise NotItsPlace("The track has ended before this slice.")
    call = exhibit.call
    if call and call.ended_at and piece.since > call.ended_at + AFTER_THE_CALL:
        raise NotItsPlace("The call had ended before this was recorded.")
    if piece.final:
        highest = track.slices.aggregate(highest=Max("index"))["highest"]
        if highest is not None and highest > piece.index:
            raise NotItsPlace("A later slice of this track is kept already.")
        track.last, track.ended = piece.index, piece.ended
        track.save(update_fields=["last", "ended"])
    return track


def _begin_track(exhibit: Exhibit, piece: Piece) -> Track:
    number = exhibit.tracks.count() + 1
    if number > MOST_TRACKS:
        raise NotItsPlace("This recording has too many tracks.")
    return Track.objects.create(
        id=piece.track,
        exhibit=exhibit,
        number=number,
        person=piece.person,
        media_type=piece.media_type,
    )


def recording_of(call_id: uuid.UUID) -> Exhibit | None:
    """The recording of a call, where it has begun."""
    recordings = Exhibit.objects.filter(call_id=call_id, kind=Kind.RECORDING)
    return recordings.select_related("case", "call__invitation__recording_notice").first()


def case_number(case_id: int) -> int:
    """The next exhibit's number in a case that the caller has locked."""
    highest: Any = Exhibit.objects.filter(case_id=case_id).aggregate(highest=Max("number"))
    return (highest["highest"] or 0) + 1
