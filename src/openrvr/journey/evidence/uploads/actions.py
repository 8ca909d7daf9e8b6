"""Asking her for a photograph, and keeping what she sends, piece by piece."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum
from django.utils.translation import gettext as _

from openrvr.foundation.audit import actions as audit
from openrvr.foundation.cases import actions as cases
from openrvr.foundation.live import actions as live
from openrvr.foundation.live.streams import of_phone
from openrvr.foundation.people.actors import service, victim
from openrvr.foundation.people.models import Account
from openrvr.foundation.refusal import Refused
from openrvr.foundation.unit_of_work import unit_of_work
from openrvr.journey.call.models import Call
from openrvr.journey.call.queries import live_of_phone
from openrvr.journey.evidence import custody_log
from openrvr.journey.evidence.actions import (
    NotTold,
    Piece,
    begin_exhibit,
    case_number,
    keep_in,
)
from openrvr.journey.evidence.models import (
    Answer,
    Exhibit,
    Kind,
    PhotographRequest,
    Slice,
    Upload,
)
from openrvr.journey.evidence.rules import LARGEST_PIECE
from openrvr.journey.evidence.screening.antivirus import Finding, Verdict
from openrvr.journey.evidence.screening.kinds import HEAD, MEGABYTE, kind_of
from openrvr.journey.evidence.uploads import queries, wholeness
from openrvr.journey.evidence.uploads.descriptions import Described
from openrvr.journey.evidence.uploads.queries import phone_request
from openrvr.journey.invitation.models import Invitation

# Bytes. What is kept is told by its first HEAD bytes, so no piece but the last is shorter.
SMALLEST_PIECE = HEAD
# Of one invitation.
MOST_UPLOADS = 20
MOST_BYTES = 500 * MEGABYTE


class CallIsOver(Refused):
    """Only while the two of them speak can one ask and the other send."""

    def __init__(self) -> None:
        super().__init__(_("The call has ended."))


class NotHers(Refused):
    """Somebody else's request, or somebody else's file."""

    status = 404

    def __init__(self) -> None:
        super().__init__(_("This is no longer there."))


class PieceAltered(Refused):
    def __init__(self) -> None:
        super().__init__(
            _("A part of the file was damaged on the way. It is sent again by itself.")
        )


class OutOfOrder(Refused):
    def __init__(self) -> None:
        super().__init__(_("The parts of the file came in a wrong order. They are sent again."))


class PieceTooLarge(Refused):
    status = 413

    def __init__(self) -> None:
        super().__init__(f"A file is sent in pieces of at most {LARGEST_PIECE // 1024} kB.")


class PieceTooSmall(Refused):
    status = 400

    def __init__(self) -> None:
        super().__init__(f"A piece has at least {SMALLEST_PIECE // 1024} kB, except for the last.")


class TooMany(Refused):
    status = 413

    def __init__(self) -> None:
        super().__init__(
            _(
                "You have sent %(count)s photographs and files, and more cannot be taken here."
                " Tell the officer what else there is: they can take it from you in another way."
            )
            % {"count": MOST_UPLOADS}
        )


class TooMuch(Refused):
    status = 413

    def __init__(self) -> None:
        super().__init__(
            _(
                "What you have sent fills the %(megabytes)s MB that there is room for."
                " Tell the officer what else there is: they can take it from you in another way."
            )
            % {"megabytes": MOST_BYTES // MEGABYTE}
        )


class AnotherFile(Refused):
    """The phone says something else of the file than it did with its first piece."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_("The file changed while it was sent. Please choose it again."))


class NotWhole(Refused):
    """All pieces are there, and together they are not the file that the phone had hashed."""

    status = 422

    def __init__(self) -> None:
        super().__init__(
            _("What arrived is not the file that is on your phone. Please choose it again.")
        )


@dataclass(frozen=True)
class Kept:
    """How much of a file is kept: pieces, bytes, and whether that is all of it, verified."""

    pieces: int
    size: int
    complete: bool


@unit_of_work()
def ask(call_id: uuid.UUID, *, by: Account, now: datetime) -> PhotographRequest:
    """Ask her for a photograph; while she has not answered, it is the same request, told again.

    Raises CallIsOver, Call.DoesNotExist.
    """
    case = cases.lock_where(calls=call_id)
    call = Call.objects.get(pk=call_id)
    if call.ended_at:
        raise CallIsOver
    asked = call.photograph_requests.filter(answered_at=None).first()
    if asked is None:
        asked = PhotographRequest.objects.create(call=call, asked_at=now, asked_by=by)
    audit.record("evidence.photograph_asked", by=by.actor, now=now, case_reference=case.reference)
    live.publish(of_phone(call.invitation_id), "photograph.asked", now=now, **phone_request(asked))
    cases.tell_changed(case, now=now)
    return asked


@unit_of_work()
def decline(invitation: Invitation, request_id: int, *, now: datetime) -> None:
    """She would rather not. Twice is once. Raises NotHers."""
    case = cases.lock(invitation.case_id)
    asked = _asked(invitation, request_id)
    if asked.answered_at:
        return
    asked.answer, asked.answered_at, asked.exhibit = Answer.DECLINED, now, None
    asked.save(update_fields=["answer", "answered_at", "exhibit"])
    audit.record(
        "evidence.photograph_declined",
        by=victim(invitation.pk),
        now=now,
        case_reference=case.reference,
    )
    cases.tell_changed(case, now=now)


def kept_of(invitation: Invitation, key: uuid.UUID) -> Kept:
    """How much has arrived of a file: from there it goes on. Raises NotHers, NotWhole."""
    upload = Upload.objects.filter(key=key).first()
    if upload is None:
        return Kept(0, 0, complete=False)
    if upload.invitation_id != invitation.pk:
        raise NotHers
    if upload.fault:
        raise NotWhole
    return _kept(upload)


def keep(
    invitation: Invitation, described: Described, index: int, content: bytes, *, now: datetime
) -> Kept:
    """Keep one piece of a file; sent twice it is kept once. With the last one it is verified.

    The pieces come in their order. What is no file of ours to take is refused before anything is
    kept.

    Raises PieceAltered, PieceTooLarge, PieceTooSmall, Empty, KindNotTaken, TooLarge, TooMany,
    TooMuch, AnotherFile, OutOfOrder, CallIsOver, NotTold, NotHers, NotItsPlace, NotWhole, NoRoom.
    """
    if len(content) > LARGEST_PIECE:
        raise PieceTooLarge
    if hashlib.sha256(content).hexdigest() != described.piece:
        raise PieceAltered
    upload = _begun(invitation, described)
    if upload is None:
        if index:
            raise OutOfOrder
        media_type = kind_of(content[:HEAD], described.size).media_type
        _check_length(content, 0, index, described)
        upload = _begin(invitation, described, media_type, now=now)
    if not _keep_piece(upload, described, index, content, now=now):
        return _kept(upload)
    return complete(upload, now=now)


def _keep_piece(
    upload: Upload, described: Described, index: int, content: bytes, *, now: datetime
) -> bool:
    """Whether it is the last piece."""
    slices = Slice.objects.filter(track=upload.key)
    there = slices.filter(index=index).first()
    if there is None:
        reached = slices.filter(index__lt=index).aggregate(bytes=Sum("size"))["bytes"] or 0
        if slices.count() != index:
            raise OutOfOrder
        _check_length(content, reached, index, described)
        _check_room(upload.invitation_id, len(content))
        final = reached + len(content) == upload.size
    else:
        final = there.final
    exhibit = upload.exhibit
    piece = Piece(
        track=upload.key,
        index=index,
        person="victim",
        media_type=upload.media_type,
        sha256=described.piece,
        since=exhibit.made_at,
        until=exhibit.made_at,
        final=final,
    )
    keep_in(exhibit, piece, content, by=victim(upload.invitation_id), now=now)
    return final


def _check_length(content: bytes, reached: int, index: int, described: Described) -> None:
    after = reached + len(content)
    if after > described.size or (not content and index):
        raise AnotherFile
    if len(content) < SMALLEST_PIECE and after < described.size:
        raise PieceTooSmall


def _check_room(invitation_id: uuid.UUID, more: int) -> None:
    kept = Slice.objects.filter(track__exhibit__upload__invitation=invitation_id)
    if (kept.aggregate(bytes=Sum("size"))["bytes"] or 0) + more > MOST_BYTES:
        raise TooMuch


def _begun(invitation: Invitation, described: Described) -> Upload | None:
    upload = Upload.objects.select_related("exhibit__case").filter(key=described.key).first()
    if upload is None:
        return None
    if upload.invitation_id != invitation.pk:
        raise NotHers
    if (upload.size, upload.sha256) != (described.size, described.sha256):
        raise AnotherFile
    return upload


@unit_of_work()
def _begin(
    invitation: Invitation, described: Described, media_type: str, *, now: datetime
) -> Upload:
    """The exhibit of what she begins to send."""
    case = cases.lock(invitation.case_id)
    if not Invitation.objects.filter(pk=invitation.pk, ended_at=None).exists():
        raise CallIsOver
    if not hasattr(invitation, "recording_notice"):
        raise NotTold
    if begun := _begun(invitation, described):
        return begun
    if invitation.uploads.count() >= MOST_UPLOADS:
        raise TooMany
    _check_room(invitation.pk, described.size)
    asked = None if described.request is None else _asked(invitation, described.request)
    exhibit = begin_exhibit(
        Exhibit(
            case=case,
            number=case_number(case.pk),
            kind=Kind.PHOTOGRAPH if asked else Kind.UPLOAD,
            # Before the officer answers, and where there is no call at all, it is the case's.
            call=live_of_phone(invitation),
            made_at=now,
        ),
        by=victim(invitation.pk),
        now=now,
        media_type=media_type,
        size=described.size,
        sha256=described.sha256,
    )
    if asked and not asked.answered_at:
        asked.exhibit = exhibit
        asked.save(update_fields=["exhibit"])
    cases.tell_changed(case, now=now)
    return Upload.objects.create(
        exhibit=exhibit,
        invitation=invitation,
        key=described.key,
        name=described.name,
        media_type=media_type,
        size=described.size,
        sha256=described.sha256,
    )


def complete(upload: Upload, *, now: datetime) -> Kept:
    """All pieces are there: hold the whole against what her phone had hashed. Twice is once.

    What does not fit stays as it is, and is not shown. Raises NotWhole.
    """
    upload.refresh_from_db()
    if not upload.complete_at and not upload.fault:
        _close(upload.pk, wholeness.fault_of(upload), now=now)
        upload.refresh_from_db()
    if upload.fault:
        raise NotWhole
    return _kept(upload)


@unit_of_work()
def _close(upload_id: uuid.UUID, fault: str, *, now: datetime) -> None:
    exhibit, upload = _locked(upload_id)
    if upload.complete_at or upload.fault:
        return
    by = victim(upload.invitation_id)
    upload.fault, upload.complete_at = fault, None if fault else now
    upload.save(update_fields=["fault", "complete_at"])
    if fault:
        custody_log.note(exhibit, "not_whole", by=by, now=now, fault=fault)
    else:
        custody_log.note(
            exhibit, "complete", by=by, now=now, sha256=upload.sha256, size=upload.size
        )
        _answer(exhibit, now=now)
    cases.tell_changed(exhibit.case, now=now)


def _answer(exhibit: Exhibit, *, now: datetime) -> None:
    PhotographRequest.objects.filter(exhibit=exhibit, answered_at=None).update(
        answer=Answer.TAKEN, answered_at=now
    )


@unit_of_work()
def note_verdict(upload_id: uuid.UUID, verdict: Verdict, *, now: datetime) -> None:
    """What the antivirus said. Once it is clean or infected it stays so."""
    exhibit, upload = _locked(upload_id)
    if upload.finding in {Finding.CLEAN, Finding.INFECTED} or upload.finding == verdict.finding:
        return
    upload.finding, upload.signature = verdict.finding.value, verdict.signature[:200]
    upload.scanned_at = None if verdict.finding is Finding.UNSCANNED else now
    upload.save(update_fields=["finding", "signature", "scanned_at"])
    custody_log.note(
        exhibit,
        "scanned",
        by=service("antivirus"),
        now=now,
        finding=upload.finding,
        signature=upload.signature,
    )
    cases.tell_changed(exhibit.case, now=now)


def _locked(upload_id: uuid.UUID) -> tuple[Exhibit, Upload]:
    """Both, locked by the exhibit's lock; the case before it, as everywhere."""
    case_id = Upload.objects.values_list("exhibit__case_id", flat=True).get(pk=upload_id)
    cases.lock(case_id)
    exhibit = custody_log.lock(upload_id)
    return exhibit, Upload.objects.get(pk=upload_id)


def _asked(invitation: Invitation, request_id: int) -> PhotographRequest:
    asked = PhotographRequest.objects.filter(pk=request_id, call__invitation=invitation).first()
    if asked is None:
        raise NotHers
    return asked


def _kept(upload: Upload) -> Kept:
    pieces, size = queries.progress(upload)
    return Kept(pieces, size, complete=upload.complete_at is not None)
