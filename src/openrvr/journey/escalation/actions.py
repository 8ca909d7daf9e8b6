"""Physical response: asked for with one press, alarming until a person has it."""

from __future__ import annotations

from datetime import datetime

from openrvr.foundation import news
from openrvr.foundation.audit import actions as audit
from openrvr.foundation.cases import actions as cases
from openrvr.foundation.cases.models import Case
from openrvr.foundation.cases.states import State
from openrvr.foundation.live import actions as live
from openrvr.foundation.live.streams import of_desk
from openrvr.foundation.people.actors import Actor, service
from openrvr.foundation.people.models import Account
from openrvr.foundation.people.roles import THE_ROOM, Desk
from openrvr.foundation.policy.rules import IMMEDIATE
from openrvr.foundation.promises import actions as promises
from openrvr.foundation.promises.news import RungFired
from openrvr.foundation.unit_of_work import unit_of_work
from openrvr.journey.escalation.models import PhysicalRequest
from openrvr.journey.escalation.news import PhysicalAcknowledged, PhysicalAsked
from openrvr.journey.intake.actions import CaseIsClosed
from openrvr.journey.intake.models import Report
from openrvr.journey.intake.news import ReportGraded

# What a patrol takes the place of.
_OVERTAKEN = ("respond", "reach_page", "officer_on_video", "call_back_or_visit", "appointment")


@unit_of_work()
def ask(case_id: int, *, reason: str, by: Actor, now: datetime) -> PhysicalRequest:
    """Ask the control room for a patrol. Pressed twice, it is asked for once."""
    case = cases.lock(case_id)
    if not case.is_open:
        raise CaseIsClosed(case)
    waiting = PhysicalRequest.objects.filter(case=case, acknowledged_at=None).first()
    if waiting:
        return waiting
    location = Report.objects.values_list("location", flat=True).get(case=case)
    request = PhysicalRequest.objects.create(
        case=case, asked_at=now, asked_by=by.label, reason=reason, location=location
    )
    promises.open_promise(case, "acknowledge_physical", holder=Desk.CONTROL_ROOM, by=by, now=now)
    audit.record("physical.asked", by=by, now=now, case_reference=case.reference)
    live.publish(
        [of_desk(Desk.CONTROL_ROOM), of_desk(Desk.SUPERVISOR)],
        "physical.asked",
        now=now,
        reference=case.reference,
        reason=reason,
        location=location,
    )
    news.tell(PhysicalAsked(case, by, now))
    cases.tell_changed(case, now=now)
    return request


@unit_of_work()
def acknowledge(request_id: int, *, by: Account, now: datetime) -> PhysicalRequest:
    """A person in the control room has it: from now on they answer for the patrol.

    A call that is live goes on, and the case moves to `physical` when it ends.
    """
    case = cases.lock(PhysicalRequest.objects.values_list("case_id", flat=True).get(pk=request_id))
    request = PhysicalRequest.objects.select_related("case").get(pk=request_id)
    if request.acknowledged_at:
        return request
    request.acknowledged_at, request.acknowledged_by = now, by
    request.save(update_fields=["acknowledged_at", "acknowledged_by"])
    audit.record("physical.acknowledged", by=by.actor, now=now, case_reference=case.reference)
    if not case.promises.filter(kind="attend", state="open").exists():
        promises.open_promise(case, "attend", holder=by, by=by.actor, now=now)
    promises.keep_open_ones(case, "acknowledge_physical", by=by.actor, now=now)
    promises.withdraw_open_ones(
        case, *_OVERTAKEN, by=by.actor, now=now, because="a patrol has been asked for"
    )
    if State(case.state) not in (State.LIVE, State.PHYSICAL):
        cases.move(case, State.PHYSICAL, by=by.actor, now=now, acknowledged_by=by)
    live.publish(
        [of_desk(desk) for desk in THE_ROOM],
        "physical.acknowledged",
        now=now,
        reference=case.reference,
        by=by.name,
    )
    news.tell(PhysicalAcknowledged(case, by, now, covert=request.covert))
    cases.tell_changed(case, now=now)
    return request


def be_covert(case: Case) -> None:
    """She asked without a sound: the request that nobody has acknowledged is kept from her screen.

    The case is locked.
    """
    PhysicalRequest.objects.filter(case=case, acknowledged_at=None).update(covert=True)


def in_hand(case: Case) -> PhysicalRequest | None:
    """The acknowledged request of a case, if a patrol has been arranged."""
    return (
        case.physical_requests.exclude(acknowledged_at=None)
        .select_related("acknowledged_by")
        .order_by("-id")
        .first()
    )


def ask_when_immediate(graded: ReportGraded) -> None:
    """An immediate report goes to local officers, never to video."""
    if graded.grade == IMMEDIATE and not in_hand(graded.case):
        reason = graded.reason or "Graded immediate"
        ask(graded.case.pk, reason=reason, by=graded.by.actor, now=graded.now)


def ask_when_nobody_answered(fired: RungFired) -> None:
    """The rung `physical`: the promise of video failed, so a patrol is asked for."""
    if not in_hand(fired.promise.case):
        ask(
            fired.promise.case_id,
            reason=f"Not kept in time: {fired.promise.words}",
            by=service("promises"),
            now=fired.now,
        )
