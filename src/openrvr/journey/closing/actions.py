"""Wrapping up: outcome, notes, follow-ups as promises, and the close of the case."""

from __future__ import annotations

from datetime import datetime

from openrvr.foundation.audit import actions as audit
from openrvr.foundation.cases import actions as cases
from openrvr.foundation.cases.models import Case
from openrvr.foundation.cases.states import State, allowed
from openrvr.foundation.people.models import Account
from openrvr.foundation.policy.queries import calendar, policy
from openrvr.foundation.promises import actions as promises
from openrvr.foundation.promises import queries as promised
from openrvr.foundation.promises.models import Promise
from openrvr.foundation.refusal import Refused
from openrvr.foundation.unit_of_work import unit_of_work
from openrvr.journey.call.queries import live_of_case
from openrvr.journey.closing.models import WrapUp
from openrvr.journey.intake.actions import CaseIsClosed, EditedMeanwhile, NoSuchField
from openrvr.journey.invitation import actions as invitations

LONGEST = {"outcome": 40, "notes": 20_000}


class CannotClose(Refused):
    """The case cannot be closed yet; the sentence says what is missing."""


@unit_of_work()
def write(case_id: int, field: str, *, was: str, value: str, by: Account, now: datetime) -> None:
    """Write the outcome or the notes. Raises EditedMeanwhile as the report does."""
    if field not in LONGEST:
        raise NoSuchField(f"A wrap-up has no field {field!r}.")
    case = cases.lock(case_id)
    if not case.is_open:
        raise CaseIsClosed(case)
    wrap_up, _ = WrapUp.objects.get_or_create(case=case)
    value = value.replace("\x00", "").replace("\r\n", "\n")
    stands = getattr(wrap_up, field)
    if stands == value:
        return
    if stands != was.replace("\r\n", "\n"):
        raise EditedMeanwhile(stands, wrap_up.written_by.name if wrap_up.written_by else "Somebody")
    if field == "outcome" and value:
        policy().outcome(value)
    if len(value) > LONGEST[field]:
        raise NoSuchField("This is longer than can be kept: shorten it.")
    setattr(wrap_up, field, value)
    wrap_up.written_by, wrap_up.written_at = by, now
    wrap_up.save(update_fields=[field, "written_by", "written_at"])
    audit.record(
        "wrap_up.written", by=by.actor, now=now, case_reference=case.reference, field=field
    )
    cases.tell_changed(case, now=now)


@unit_of_work()
def promise_follow_up(
    case_id: int, follow_up: str, *, holder: Account, by: Account, now: datetime
) -> Promise:
    """Promise one of the policy's follow-ups, within its working days, held by a named person."""
    wanted = policy().follow_up(follow_up)
    case = cases.lock(case_id)
    if not case.is_open:
        raise CaseIsClosed(case)
    there = case.promises.filter(
        kind="follow_up", words=wanted.name, holder=holder, state="open"
    ).first()
    return there or promises.open_promise(
        case,
        "follow_up",
        holder=holder,
        by=by.actor,
        now=now,
        words=wanted.name,
        due_at=calendar().end_of_working_day(now, wanted.working_days),
    )


@unit_of_work()
def close(case_id: int, *, by: Account, now: datetime) -> Case:
    """Close a case. Twice is once.

    Raises CannotClose while its call is live, its outcome is missing, a silent alarm of hers is not
    answered, a patrol is asked for and not acknowledged, or a promise is open that no named person
    answers for. What a person still owes stays open and hers: a close ends the case, not what was
    promised.
    """
    case = cases.lock(case_id)
    if not case.is_open:
        return case
    _must_be_ready(case)
    if case.state == State.STANDARD:
        promises.keep_open_ones(case, "call_back_or_visit", by=by.actor, now=now)
    if case.state == State.PHYSICAL:
        promises.keep_open_ones(case, "attend", by=by.actor, now=now)
    promises.keep_open_ones(case, "wrap_up", by=by.actor, now=now)
    invitations.finish(case, because="the case is closed", by=by.actor, now=now)
    cases.move(case, State.CLOSED, by=by.actor, now=now)
    return case


@unit_of_work()
def close_with(case_id: int, outcome: str, *, by: Account, now: datetime) -> Case:
    """Write the outcome and close, both or neither. Twice is once. Raises what `close` raises."""
    case = cases.lock(case_id)
    if not case.is_open:
        return case
    written = WrapUp.objects.filter(case=case).values_list("outcome", flat=True).first()
    write(case_id, "outcome", was=written or "", value=outcome, by=by, now=now)
    return close(case_id, by=by, now=now)


def _must_be_ready(case: Case) -> None:
    if live_of_case(case):
        raise CannotClose("The call is still live: end it first.")
    if case.physical_requests.filter(acknowledged_at=None).exists():
        raise CannotClose("A patrol is asked for and nobody has acknowledged it yet.")
    if case.silent_alarms.filter(settled_at=None).exists():
        raise CannotClose("Her silent alarm is open: send a patrol, or say why none is needed.")
    if not allowed(State(case.state), State.CLOSED):
        raise CannotClose(f"A case cannot be closed from “{case.state_title}”.")
    if not WrapUp.objects.filter(case=case).exclude(outcome="").exists():
        raise CannotClose("Choose the outcome first.")
    orphan = promised.of_desk_alone(case).first()
    if orphan:
        raise CannotClose(
            f"Nobody by name answers for “{orphan.words}”: take it, or hand it to somebody."
        )
