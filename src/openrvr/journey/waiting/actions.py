"""The queue by promised time, officers' duty, and ringing them one at a time.

Locks are taken in one order: the case, then the officer's duty.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from openrvr.foundation import news
from openrvr.foundation.audit import actions as audit
from openrvr.foundation.cases import actions as cases
from openrvr.foundation.cases.models import Case
from openrvr.foundation.cases.states import State
from openrvr.foundation.live import actions as live
from openrvr.foundation.live.streams import WAITING_ROOM, of_desk, of_person, of_phone
from openrvr.foundation.people.actors import Actor, service, victim
from openrvr.foundation.people.models import Account
from openrvr.foundation.people.roles import Desk, Role
from openrvr.foundation.policy.queries import policy
from openrvr.foundation.promises import actions as promises
from openrvr.foundation.refusal import Refused
from openrvr.foundation.unit_of_work import unit_of_work
from openrvr.journey.escalation.news import PhysicalAcknowledged
from openrvr.journey.invitation.actions import LinkUnusable
from openrvr.journey.invitation.models import Invitation
from openrvr.journey.invitation.news import LinkTakenBack
from openrvr.journey.offer.news import HandedToStandard
from openrvr.journey.waiting.models import Duty, Left, Ring, RingEnd, Waiting
from openrvr.journey.waiting.news import CheckedIn, OfficerRung, RingOver
from openrvr.journey.waiting.phones import actions as phones
from openrvr.journey.waiting.rules import FreeOfficer, next_to_ring


class NotOnDuty(Refused):
    """Only an officer on duty answers."""

    def __init__(self) -> None:
        super().__init__("Go on duty first.")


class AlreadyEngaged(Refused):
    """The officer is in a call."""

    def __init__(self) -> None:
        super().__init__("You are in a call: end it first.")


class SomebodyAnswered(Refused):
    """Another officer was quicker, or she is no longer waiting."""

    def __init__(self) -> None:
        super().__init__("A colleague has answered, or she is no longer waiting.")


@unit_of_work()
def go_on_duty(*, by: Account, now: datetime) -> Duty:
    """Be rung from now on. Twice is once."""
    if not by.has_any(Role.OFFICER):
        raise NotOnDuty
    duty, new = Duty.objects.get_or_create(
        officer=by, until=None, defaults={"since": now, "rested_since": now}
    )
    if new:
        audit.record("duty.began", by=by.actor, now=now)
        _tell_queue(now)
    return duty


@unit_of_work()
def go_off_duty(*, by: Account, now: datetime) -> None:
    """Be rung no more; what rings now passes on. Raises AlreadyEngaged."""
    ring = Ring.objects.filter(officer=by, ended_at=None).select_related("waiting").first()
    if ring:
        cases.lock(ring.waiting.case_id)
    duty = Duty.objects.select_for_update().filter(officer=by, until=None).first()
    if duty is None:
        return
    if duty.engaged:
        raise AlreadyEngaged
    duty.until = now
    duty.save(update_fields=["until"])
    audit.record("duty.ended", by=by.actor, now=now)
    if ring and Ring.objects.filter(pk=ring.pk, ended_at=None).exists():
        _end_ring(ring, RingEnd.PASSED_ON, now=now)
        ring_next(ring.waiting, now=now)
    _tell_queue(now)


@unit_of_work()
def check_in(invitation: Invitation, *, now: datetime) -> Waiting:
    """She is on the page with her camera on: she waits, and the clock of the promise runs.

    The call-taker answers for her until an officer has answered. Twice is once. Raises
    LinkUnusable when the link was taken back meanwhile.
    """
    case = cases.lock(invitation.case_id)
    if not Invitation.objects.filter(pk=invitation.pk, ended_at=None).exists():
        raise LinkUnusable
    there = Waiting.objects.filter(case=case, left_at=None).first()
    if there:
        return there
    her = victim(invitation.pk)
    cases.move(case, State.WAITING, by=her, now=now)
    promise = promises.open_promise(
        case, "officer_on_video", holder=invitation.sent_by, by=her, now=now
    )
    promises.keep_open_ones(case, "reach_page", by=her, now=now)
    report = case.report
    waiting = Waiting.objects.create(
        case=case,
        invitation=invitation,
        since=now,
        promised_by=promise.due_at,
        urgency=policy().urgency(report.grade),
        language=report.language,
    )
    news.tell(CheckedIn(waiting, now))
    ring_next(waiting, now=now)
    _tell_queue(now)
    return waiting


def ring_next(waiting: Waiting, *, now: datetime) -> Ring | None:
    """Ring the next free officer for a victim whose case is locked; None when there is none.

    When everybody who is free has been rung in vain the supervisors are told, loudly, and a new
    round begins.
    """
    if waiting.left_at or waiting.rings.filter(ended_at=None).exists():
        return None
    free = _free_officers()
    rung = frozenset(waiting.rings.filter(round=waiting.round).values_list("officer_id", flat=True))
    chosen = next_to_ring(free, language=waiting.language, rung_this_round=rung)
    if chosen is None and (rung or not waiting.supervisors_told_at):
        _nobody_left(waiting, now=now)
        chosen = next_to_ring(free, language=waiting.language, rung_this_round=frozenset())
    return _ring(waiting, chosen.account_id, now=now) if chosen else None


def _ring(waiting: Waiting, officer_id: int, *, now: datetime) -> Ring | None:
    # Locked and looked at again: another victim's transaction may have chosen the same officer.
    duty = (
        Duty.objects.select_for_update(skip_locked=True)
        .filter(officer_id=officer_id, until=None, engaged=False)
        .first()
    )
    if duty is None or Ring.objects.filter(officer_id=officer_id, ended_at=None).exists():
        return None
    ring = Ring.objects.create(
        waiting=waiting,
        officer_id=officer_id,
        round=waiting.round,
        at=now,
        until=now + timedelta(seconds=policy().ring_seconds),
    )
    reference = waiting.case.reference
    audit.record(
        "officer.rung", by=service("waiting"), now=now, case_reference=reference, officer=officer_id
    )
    live.publish(
        of_person(officer_id),
        "ring.started",
        now=now,
        ring=ring.pk,
        reference=reference,
        until=ring.until.isoformat(),
    )
    news.tell(OfficerRung(ring, now))
    _tell_queue(now)
    return ring


@unit_of_work()
def pass_on(ring_id: int, *, by: Account, now: datetime) -> None:
    """The officer who is rung cannot take it: the next one is rung at once."""
    case_id = Ring.objects.values_list("waiting__case_id", flat=True).get(pk=ring_id)
    cases.lock(case_id)
    ring = Ring.objects.select_related("waiting__case").get(pk=ring_id)
    if ring.ended_at or ring.officer_id != by.pk:
        return
    _end_ring(ring, RingEnd.PASSED_ON, now=now)
    ring_next(ring.waiting, now=now)


def pass_on_unanswered(now: datetime) -> int:
    """Pass on every ring whose time is over; returns how many. Swept."""
    over = Ring.objects.filter(ended_at=None, until__lte=now).values_list("pk", flat=True)
    return sum(_pass_on_unanswered(pk, now) for pk in over[:200])


@unit_of_work()
def _pass_on_unanswered(ring_id: int, now: datetime) -> bool:
    case_id = Ring.objects.values_list("waiting__case_id", flat=True).get(pk=ring_id)
    if not Case.objects.select_for_update(skip_locked=True).filter(pk=case_id).exists():
        return False
    ring = Ring.objects.select_related("waiting__case").get(pk=ring_id)
    if ring.ended_at:
        return False
    _end_ring(ring, RingEnd.NO_ANSWER, now=now)
    ring_next(ring.waiting, now=now)
    return True


def ring_whoever_came_free(now: datetime) -> int:
    """Ring for everybody who waits and is not being rung, by promised time; returns how many."""
    if not _free_officers():
        return 0
    unrung = (
        Waiting.objects.filter(left_at=None)
        .exclude(Exists(Ring.objects.filter(waiting=OuterRef("pk"), ended_at=None)))
        .order_by("urgency", "promised_by")
    )
    return sum(_ring_for(pk, now) for pk in unrung.values_list("pk", flat=True)[:50])


@unit_of_work()
def _ring_for(waiting_id: int, now: datetime) -> bool:
    case_id = Waiting.objects.values_list("case_id", flat=True).get(pk=waiting_id)
    if not Case.objects.select_for_update(skip_locked=True).filter(pk=case_id).exists():
        return False
    waiting = Waiting.objects.select_related("case").get(pk=waiting_id)
    return ring_next(waiting, now=now) is not None


def answered(waiting: Waiting, *, by: Account, now: datetime) -> uuid.UUID | None:
    """An officer answers a victim whose case is locked: her wait is over, his duty is engaged.

    Returns the channel on which the two browsers are near to each other already, where he was rung
    for her.

    Raises NotOnDuty, AlreadyEngaged, SomebodyAnswered.
    """
    if waiting.left_at:
        raise SomebodyAnswered
    _engage(by)
    # He may be rung for somebody else at this moment: that ring passes on.
    rings = Ring.objects.filter(Q(waiting=waiting) | Q(officer=by), ended_at=None)
    mine = None
    for ring in rings.select_related("waiting"):
        if ring.waiting_id == waiting.pk and ring.officer_id == by.pk:
            mine = ring
        end = RingEnd.WITHDRAWN if ring.waiting_id == waiting.pk else RingEnd.PASSED_ON
        _end_ring(ring, RingEnd.ANSWERED if ring is mine else end, now=now)
    _left(waiting, Left.ANSWERED, now=now)
    _tell_queue(now)
    return mine.channel if mine else None


def engage(officer: Account, *, now: datetime) -> None:
    """The officer comes into a call that nobody waits for; whoever rings at this moment goes on.

    Raises NotOnDuty, AlreadyEngaged.
    """
    _engage(officer)
    for ring in Ring.objects.filter(officer=officer, ended_at=None).select_related("waiting"):
        _end_ring(ring, RingEnd.PASSED_ON, now=now)
    _tell_queue(now)


def _engage(officer: Account) -> None:
    on_duty = Duty.objects.filter(officer=officer, until=None)
    if not on_duty.filter(engaged=False).update(engaged=True):
        raise AlreadyEngaged if on_duty.exists() else NotOnDuty


def come_free(officer_id: int, *, now: datetime) -> None:
    """The officer's call is over."""
    Duty.objects.filter(officer_id=officer_id, until=None).update(engaged=False, rested_since=now)
    _tell_queue(now)


def leave(case: Case, how: Left, *, now: datetime) -> None:
    """End the waiting of a locked case, if it waits."""
    waiting = Waiting.objects.select_related("case").filter(case=case, left_at=None).first()
    if waiting:
        for ring in waiting.rings.filter(ended_at=None):
            _end_ring(ring, RingEnd.WITHDRAWN, now=now)
        _left(waiting, how, now=now)
        _tell_queue(now)


@unit_of_work()
def she_left(invitation: Invitation, *, now: datetime) -> None:
    """She leaves the page while waiting: the call-taker has her again, with a clock."""
    case = cases.lock(invitation.case_id)
    phones.left(case, invitation, now=now)
    if case.state == State.WAITING:
        her = victim(invitation.pk)
        _waits_no_more(case, invitation, by=her, now=now, because="she left the page")
        sender = of_person(invitation.sent_by_id)
        live.publish(sender, "phone.left", now=now, reference=case.reference)


def rings_back_instead(case: Case, invitation: Invitation, *, by: Actor, now: datetime) -> None:
    """She would rather be rung back: her locked case waits for no officer on video any more."""
    if case.state == State.WAITING:
        _waits_no_more(case, invitation, by=by, now=now, because="she asks to be rung back")


def leave_when_link_is_taken_back(news: LinkTakenBack) -> None:
    """The page that she waited on has ended: whoever took the link back has to reach her anew."""
    if news.case.state == State.WAITING:
        because = "her link was taken back"
        _waits_no_more(news.case, news.invitation, by=news.by, now=news.now, because=because)


def _waits_no_more(
    case: Case, invitation: Invitation, *, by: Actor, now: datetime, because: str
) -> None:
    leave(case, Left.LEFT, now=now)
    cases.move(case, State.INVITED, by=by, now=now, reason=because)
    promises.open_promise(case, "reach_page", holder=invitation.sent_by, by=by, now=now)
    promises.withdraw_open_ones(case, "officer_on_video", by=by, now=now, because=because)


def leave_when_physical(news: PhysicalAcknowledged) -> None:
    """A patrol goes: she need not wait for video any more."""
    leave(news.case, Left.HANDED_ON, now=news.now)


def leave_when_standard(news: HandedToStandard) -> None:
    """The normal service has her: she waits for video no more."""
    leave(news.case, Left.HANDED_ON, now=news.now)


def _left(waiting: Waiting, how: Left, *, now: datetime) -> None:
    waiting.left_at, waiting.left = now, how
    waiting.save(update_fields=["left_at", "left"])
    live.publish(of_phone(waiting.invitation_id), "waiting.changed", now=now)


def _end_ring(ring: Ring, end: RingEnd, *, now: datetime) -> None:
    ring.ended_at, ring.end = now, end
    ring.save(update_fields=["ended_at", "end"])
    if end != RingEnd.ANSWERED:
        Duty.objects.filter(officer_id=ring.officer_id, until=None).update(rested_since=now)
    live.publish(of_person(ring.officer_id), "ring.ended", now=now, ring=ring.pk, end=end.value)
    news.tell(RingOver(ring, now))
    _tell_queue(now)


def _nobody_left(waiting: Waiting, *, now: datetime) -> None:
    waiting.round += 1
    waiting.supervisors_told_at = now
    waiting.save(update_fields=["round", "supervisors_told_at"])
    reference = waiting.case.reference
    audit.record("waiting.nobody_left", by=service("waiting"), now=now, case_reference=reference)
    live.publish(
        of_desk(Desk.SUPERVISOR),
        "waiting.nobody_left",
        now=now,
        reference=reference,
        since=waiting.since.isoformat(),
    )


def _free_officers() -> list[FreeOfficer]:
    duties = (
        Duty.objects.filter(until=None, engaged=False, officer__is_active=True)
        .exclude(Exists(Ring.objects.filter(officer=OuterRef("officer"), ended_at=None)))
        .select_related("officer")
    )
    return [
        FreeOfficer(duty.officer_id, frozenset(duty.officer.languages), duty.rested_since)
        for duty in duties
    ]


def _tell_queue(now: datetime) -> None:
    """Desks read the queue anew, and whoever waits in it where she stands."""
    live.tell_desks("queue.changed", now=now)
    live.publish(WAITING_ROOM, "queue.moved", now=now)
