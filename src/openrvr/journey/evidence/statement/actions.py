"""Writing a statement with her, showing it to her, and freezing what she signs."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from openrvr.foundation.audit import actions as audit
from openrvr.foundation.cases import actions as cases
from openrvr.foundation.cases.models import Case
from openrvr.foundation.live import actions as live
from openrvr.foundation.live.streams import of_person, of_phone
from openrvr.foundation.people.actors import victim
from openrvr.foundation.people.models import Account
from openrvr.foundation.policy.queries import policy
from openrvr.foundation.policy.rules import Said
from openrvr.foundation.refusal import Refused
from openrvr.foundation.unit_of_work import unit_of_work
from openrvr.journey.call.models import Call
from openrvr.journey.evidence import custody_log
from openrvr.journey.evidence.actions import Piece, begin_exhibit, case_number, keep_in
from openrvr.journey.evidence.models import (
    Exhibit,
    Kind,
    Statement,
    StatementEvent,
    StatementState,
)
from openrvr.journey.evidence.rules import LARGEST_SLICE
from openrvr.journey.evidence.statement import pdf
from openrvr.journey.evidence.statement.pdf import Drawn, SigningEvent, TypedName
from openrvr.journey.intake.actions import EditedMeanwhile, NoSuchField
from openrvr.journey.invitation.models import Invitation

LONGEST = {"text": 20_000, "witness": 120, "place": 120}


class CallIsOver(Refused):
    """It is written and signed while she and the officer see each other."""

    def __init__(self) -> None:
        super().__init__(_("The call has ended: a statement is taken during a call."))


class AlreadySigned(Refused):
    """What is signed is never altered."""

    def __init__(self) -> None:
        super().__init__("This version is signed. A correction is a new version.")


class ReasonMissing(Refused):
    status = 422

    def __init__(self) -> None:
        super().__init__("Write down why the signed statement is corrected.")


class Incomplete(Refused):
    status = 422

    def __init__(self) -> None:
        super().__init__("Write her full name and what she says before you show it to her.")


class Changed(Refused):
    """What she has read is not what stands there now."""

    def __init__(self) -> None:
        super().__init__(_("The words have changed. Please read them again before you sign."))


class NotShown(Refused):
    status = 404

    def __init__(self) -> None:
        super().__init__(_("There is nothing to sign now."))


@unit_of_work()
def begin(call_id: uuid.UUID, *, by: Account, now: datetime, reason: str = "") -> Statement:
    """A new statement; or, where one is signed, a correction of it with its words to begin from.

    One that is being written already is that one. Raises CallIsOver, ReasonMissing.
    """
    case, call = _live(call_id)
    written = case.statements.exclude(state=StatementState.SIGNED).first()
    if written:
        return _go_on(written, call)
    last = case.statements.order_by("-version").first()
    declared = _declaration_in(case.report.language)
    if last and not reason.strip():
        raise ReasonMissing
    statement = Statement.objects.create(
        case=case,
        call=call,
        version=(case.statements.aggregate(highest=Max("version"))["highest"] or 0) + 1,
        witness=last.witness if last else case.report.caller_name,
        place=last.place if last else "",
        text=last.text if last else "",
        language=case.report.language,
        declaration=declared.words,
        declaration_language=declared.language,
        taken_by=by,
        begun_at=now,
        corrects=last,
        reason=reason.strip(),
    )
    _event(statement, "Begun" if not last else "Begun as a correction", by=by.name, now=now)
    audit.record(
        "statement.begun",
        by=by.actor,
        now=now,
        case_reference=case.reference,
        version=statement.version,
    )
    return statement


@unit_of_work()
def write(
    statement_id: int, field: str, *, was: str, value: str, by: Account, now: datetime
) -> None:
    """Write her words, her name or the place, as they are typed.

    While it is shown to her she sees each change. Raises AlreadySigned, EditedMeanwhile, and
    CannotTypeset for what could not be frozen.
    """
    if field not in LONGEST:
        raise NoSuchField(f"A statement has no field {field!r}.")
    statement = _locked(statement_id)
    value = value.replace("\x00", "").replace("\r\n", "\n")[: LONGEST[field]]
    stands = getattr(statement, field)
    if stands == value:
        return
    if stands != was.replace("\r\n", "\n"):
        raise EditedMeanwhile(stands, statement.taken_by.name)
    setattr(statement, field, value)
    if statement.taken_by_id != by.pk:
        statement.taken_by = by
        _event(statement, "Written on by another officer", by=by.name, now=now)
    statement.save(update_fields=[field, "taken_by"])
    if statement.state == StatementState.SHOWN:
        _freeze(statement, TypedName(statement.witness), exhibit="", now=now)
        _tell_her(statement, now=now)


@unit_of_work()
def show(statement_id: int, *, by: Account, now: datetime) -> Statement:
    """Put it on her screen, to be read and signed. Twice is once.

    Raises AlreadySigned, CallIsOver, Incomplete, CannotTypeset: what could not be frozen is not
    shown.
    """
    statement = _locked(statement_id)
    if not statement.text.strip() or not statement.witness.strip():
        raise Incomplete
    _must_be_live(statement)
    if statement.state == StatementState.SHOWN:
        return statement
    _freeze(statement, TypedName(statement.witness), exhibit="", now=now)
    statement.state = StatementState.SHOWN
    statement.save(update_fields=["state"])
    _event(statement, "Shown on her phone to be read", by=by.name, now=now)
    _tell_her(statement, now=now)
    return statement


@unit_of_work()
def take_back(statement_id: int, *, by: Account, now: datetime) -> None:
    """It is on her screen no more: the writing goes on. Twice is once."""
    statement = _locked(statement_id)
    _back_to_writing(statement, "Taken from her screen", by=by.name, now=now)


@unit_of_work()
def object_to(invitation: Invitation, statement_id: int, *, now: datetime) -> None:
    """She has read it and something is not right: the officer is told. Twice is once."""
    statement = _shown(invitation, statement_id)
    _back_to_writing(statement, "Read by her: something is not right", by="the witness", now=now)
    _tell_officer(statement, "statement.objected", now=now)


@unit_of_work()
def sign(
    invitation: Invitation,
    statement_id: int,
    *,
    read: str,
    signature: TypedName | Drawn,
    now: datetime,
) -> Statement:
    """She signs what she has read; it is frozen as an exhibit.

    `read` is the SHA-256 of the words on her screen, `words_of` as UTF-8, in hexadecimal. Raises
    NotShown, Changed, CallIsOver.
    """
    statement = _shown(invitation, statement_id)
    _must_be_live(statement)
    if read != hashlib.sha256(words_of(statement).encode()).hexdigest():
        raise Changed
    how = "drawn with the finger" if isinstance(signature, Drawn) else "name typed"
    _event(
        statement, f"Read, declared true and signed on her phone ({how})", by="the witness", now=now
    )
    case = statement.case
    exhibit = begin_exhibit(
        Exhibit(
            case=case,
            number=case_number(case.pk),
            kind=Kind.STATEMENT,
            call=statement.call,
            made_at=now,
        ),
        by=victim(invitation.pk),
        now=now,
        version=statement.version,
        words_sha256=read,
    )
    paper = _freeze(statement, signature, exhibit=exhibit.reference, now=now)
    _keep(exhibit, paper, invitation, now=now)
    statement.state, statement.signed_at = StatementState.SIGNED, now
    statement.exhibit = exhibit
    statement.save(update_fields=["state", "signed_at", "exhibit"])
    exhibit = custody_log.lock(exhibit.pk)
    custody_log.note(
        exhibit, "signed", by=victim(invitation.pk), now=now, version=statement.version
    )
    _tell_officer(statement, "statement.signed", now=now)
    return statement


def words_of(statement: Statement) -> str:
    """All that she reads and signs, in one text, its parts apart by empty lines."""
    parts = (statement.witness, beginning(statement), statement.text, statement.declaration)
    return "\n\n".join(parts)


def beginning(statement: Statement) -> str:
    """What stands on the paper before her words: version, place, and what it corrects."""
    said = [f"Version {statement.version}"]
    if statement.place:
        said.append(f"made at {statement.place}")
    if statement.corrects:
        said.append(f"corrects version {statement.corrects.version}: {statement.reason}")
    return ", ".join(said)


def shown_to(invitation: Invitation) -> Statement | None:
    """The statement that is on her screen now."""
    return (
        Statement.objects.filter(
            call__invitation=invitation, call__ended_at=None, state=StatementState.SHOWN
        )
        .select_related("corrects")
        .first()
    )


def _freeze(
    statement: Statement, signature: TypedName | Drawn, *, exhibit: str, now: datetime
) -> bytes:
    force, corrected = policy().force, statement.corrects
    return pdf.as_pdf(
        pdf.Statement(
            case_reference=statement.case.reference,
            version=statement.version,
            force_name=force.name,
            witness=statement.witness,
            language=statement.language,
            declaration=statement.declaration,
            declaration_language=statement.declaration_language,
            paragraphs=statement.text,
            place=statement.place,
            taken_by=statement.taken_by.name,
            corrects=f"version {corrected.version}: {statement.reason}" if corrected else None,
            events=tuple(
                SigningEvent(each.at, each.what, each.by) for each in statement.events.all()
            ),
            signature=signature,
            signed_at=now,
            time_zone=force.time_zone,
            exhibit_reference=exhibit,
        )
    )


def _keep(exhibit: Exhibit, paper: bytes, invitation: Invitation, *, now: datetime) -> None:
    """The paper is the exhibit's master, in one track."""
    track, pieces = uuid.uuid4(), list(_pieces(paper))
    for index, content in enumerate(pieces):
        piece = Piece(
            track=track,
            index=index,
            person="victim",
            media_type="application/pdf",
            sha256=hashlib.sha256(content).hexdigest(),
            since=now,
            until=now,
            final=index == len(pieces) - 1,
        )
        keep_in(exhibit, piece, content, by=victim(invitation.pk), now=now)


def _pieces(content: bytes) -> Iterator[bytes]:
    for begins in range(0, len(content), LARGEST_SLICE):
        yield content[begins : begins + LARGEST_SLICE]


def _declaration_in(language: str) -> Said:
    """In the language of the statement, where the force wrote it and the paper can be set in it."""
    said = policy().declaration_in(language)
    return said if pdf.can_be_set(said.words) else Said(policy().declaration)


def _go_on(written: Statement, call: Call) -> Statement:
    """What was begun in a call that broke off is written on in the next one."""
    if written.call_id != call.pk:
        written.call, written.state = call, StatementState.DRAFT
        written.save(update_fields=["call", "state"])
    return written


def _live(call_id: uuid.UUID) -> tuple[Case, Call]:
    case = cases.lock_where(calls=call_id)
    call = Call.objects.get(pk=call_id)
    if call.ended_at:
        raise CallIsOver
    return case, call


def _locked(statement_id: int) -> Statement:
    """The statement, its case locked. Raises AlreadySigned, Case.DoesNotExist."""
    cases.lock_where(statements=statement_id)
    statement = Statement.objects.select_related("case", "call", "taken_by", "corrects").get(
        pk=statement_id
    )
    if statement.state == StatementState.SIGNED:
        raise AlreadySigned
    return statement


def _shown(invitation: Invitation, statement_id: int) -> Statement:
    """What is on her screen, its case locked. Raises NotShown."""
    if not Statement.objects.filter(pk=statement_id, call__invitation=invitation).exists():
        raise NotShown
    statement = _locked(statement_id)
    if statement.state != StatementState.SHOWN:
        raise NotShown
    return statement


def _must_be_live(statement: Statement) -> None:
    if statement.call.ended_at:
        raise CallIsOver


def _back_to_writing(statement: Statement, what: str, *, by: str, now: datetime) -> None:
    if statement.state != StatementState.SHOWN:
        return
    statement.state = StatementState.DRAFT
    statement.save(update_fields=["state"])
    _event(statement, what, by=by, now=now)
    _tell_her(statement, now=now)


def _event(statement: Statement, what: str, *, by: str, now: datetime) -> None:
    StatementEvent.objects.create(statement=statement, at=now, what=what, by=by)


def _tell_her(statement: Statement, *, now: datetime) -> None:
    """Her page reads it again: what she reads is never carried by the news."""
    stream = of_phone(statement.call.invitation_id)
    live.publish(stream, "statement.changed", now=now, call=str(statement.call_id))


def _tell_officer(statement: Statement, kind: str, *, now: datetime) -> None:
    stream = of_person(statement.taken_by_id)
    live.publish(stream, kind, now=now, reference=statement.case.reference)
    cases.tell_changed(statement.case, now=now)
