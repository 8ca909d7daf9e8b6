"""Saying something in a thread, and noting that it was shown. Words are in no log and no news."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from openrvr.foundation.audit import actions as audit
from openrvr.foundation.cases import actions as cases
from openrvr.foundation.cases.models import Case
from openrvr.foundation.cases.states import State
from openrvr.foundation.live import actions as live
from openrvr.foundation.live.streams import of_desk, of_person, of_phone
from openrvr.foundation.people.actors import victim
from openrvr.foundation.people.models import Account
from openrvr.foundation.people.roles import THE_ROOM
from openrvr.foundation.refusal import Refused
from openrvr.foundation.unit_of_work import unit_of_work
from openrvr.journey.chat.models import LONGEST, Line, LineShown, Side
from openrvr.journey.chat.queries import alive_in
from openrvr.journey.invitation.models import Invitation

# Nobody types more; a script would, and each line wakes every screen of the room.
MOST_IN_A_MINUTE = 40


class ThreadOver(Refused):
    """Her link has ended: nobody reads there any more."""

    def __init__(self) -> None:
        super().__init__(
            _("Nothing can be written here now. The page has ended, or is not open yet.")
        )


class NotYourTurn(Refused):
    """Who writes to her is the one who has her: the call-taker, then the officer."""

    def __init__(self, side: Side) -> None:
        super().__init__(
            "An officer is in the call and writes to her now."
            if side is Side.CALL_TAKER
            else "Only the officer in the call writes to her."
        )


class NothingSaid(Refused):
    status = 422

    def __init__(self) -> None:
        super().__init__(_("Write something first."))


class TooLong(Refused):
    status = 422

    def __init__(self) -> None:
        super().__init__(
            _("That is longer than %(most)s letters. Send it in two parts.") % {"most": LONGEST}
        )


class TooFast(Refused):
    status = 429

    def __init__(self) -> None:
        super().__init__(_("That was a lot at once. Wait a moment, then go on."))


@unit_of_work()
def say(invitation: Invitation, words: str, *, key: uuid.UUID, now: datetime) -> Line:
    """She says something. The same `key` again is the line that stands.

    Raises ThreadOver, NothingSaid, TooLong, TooFast.
    """
    case = cases.lock(invitation.case_id)
    return _said(case, invitation, Side.VICTIM, words, key=key, by=None, now=now)


@unit_of_work()
def answer(
    case_id: int, side: Side, words: str, *, key: uuid.UUID, by: Account, now: datetime
) -> Line:
    """The call-taker, or the officer in the call, writes to her.

    That `by` is the officer in this call is for the caller to know: calls come after this step.
    Raises ThreadOver, NotYourTurn, NothingSaid, TooLong, TooFast.
    """
    case = cases.lock(case_id)
    invitation = alive_in(case)
    if invitation is None:
        raise ThreadOver
    return _said(case, invitation, side, words, key=key, by=by, now=now)


def may_write(case: Case, side: Side) -> bool:
    """Whether this side writes at the case's present step."""
    is_live = case.state == State.LIVE
    return side is Side.VICTIM or is_live is (side is Side.OFFICER)


@unit_of_work()
def note_shown(case_id: int, to: Side, *, until: int, now: datetime) -> None:
    """A page of `to` has shown what the other side said, to the line `until`. Twice is once."""
    case = cases.lock(case_id)
    hers = Line.objects.filter(invitation__case=case, side=Side.VICTIM)
    _note_shown(hers, case, to, until=until, now=now)


@unit_of_work()
def note_shown_to_her(invitation: Invitation, *, until: int, now: datetime) -> None:
    """Her page has shown what was written to her, to the line `until`. Twice is once."""
    case = cases.lock(invitation.case_id)
    to_her = Line.objects.filter(invitation=invitation).exclude(side=Side.VICTIM)
    _note_shown(to_her, case, Side.VICTIM, until=until, now=now)


def tell_writing(invitation: Invitation) -> None:
    """She is writing at this moment: the screens of the room are told, and nothing is kept."""
    if invitation.is_alive:
        live.whisper(_staff(invitation), "chat.writing", reference=invitation.case.reference)


def _said(
    case: Case,
    invitation: Invitation,
    side: Side,
    words: str,
    *,
    key: uuid.UUID,
    by: Account | None,
    now: datetime,
) -> Line:
    stands = Line.objects.filter(invitation=invitation, side=side, key=key).first()
    if stands:
        return stands
    words = _cleaned(words)
    _must_be_open(case, invitation, side)
    lately = now - timedelta(minutes=1)
    said = Line.objects.filter(invitation=invitation, side=side, at__gt=lately)
    if said.count() >= MOST_IN_A_MINUTE:
        raise TooFast
    line = Line.objects.create(
        invitation=invitation, side=side, by=by, key=key, at=now, words=words
    )
    audit.record(
        "chat.said",
        by=by.actor if by else victim(invitation.pk),
        now=now,
        case_reference=case.reference,
        side=side.value,
    )
    _tell("chat.said", case, invitation, now=now, side=side)
    return line


def _cleaned(words: str) -> str:
    cleaned = words.replace("\x00", "").replace("\r\n", "\n").strip()
    if not cleaned:
        raise NothingSaid
    if len(cleaned) > LONGEST:
        raise TooLong
    return cleaned


def _must_be_open(case: Case, invitation: Invitation, side: Side) -> None:
    # Looked at under the lock: it may have ended since the page was drawn.
    if not Invitation.objects.filter(pk=invitation.pk, ended_at=None).exists():
        raise ThreadOver
    if not may_write(case, side):
        raise NotYourTurn(side)


def _note_shown(lines: QuerySet[Line], case: Case, to: Side, *, until: int, now: datetime) -> None:
    new = list(
        lines.filter(
            ~Exists(LineShown.objects.filter(line=OuterRef("pk"), to=to)), pk__lte=until
        ).select_related("invitation")
    )
    LineShown.objects.bulk_create([LineShown(line=line, to=to, at=now) for line in new])
    for invitation in {line.invitation_id: line.invitation for line in new}.values():
        _tell("chat.shown", case, invitation, now=now, side=to)


def _tell(kind: str, case: Case, invitation: Invitation, *, now: datetime, side: Side) -> None:
    live.publish(of_phone(invitation.pk), kind, now=now, side=side.value)
    live.publish(_staff(invitation), kind, now=now, reference=case.reference, side=side.value)


def _staff(invitation: Invitation) -> list[str]:
    """Whoever sent the link, and each desk of the room: the page knows which case it shows."""
    return [of_person(invitation.sent_by_id), *(of_desk(desk) for desk in THE_ROOM)]
