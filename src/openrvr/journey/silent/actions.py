"""The silent alarm, and “can anyone hear you?”: what she tells without a sound."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from openrvr.foundation.audit import actions as audit
from openrvr.foundation.cases import actions as cases
from openrvr.foundation.cases.models import Case
from openrvr.foundation.live import actions as live
from openrvr.foundation.live.streams import of_phone
from openrvr.foundation.people.actors import victim
from openrvr.foundation.people.models import Account
from openrvr.foundation.people.roles import Desk
from openrvr.foundation.policy.rules import SILENT_ALARM
from openrvr.foundation.promises import actions as promises
from openrvr.foundation.promises.models import Promise
from openrvr.foundation.promises.news import RungFired
from openrvr.foundation.refusal import Refused
from openrvr.foundation.unit_of_work import unit_of_work
from openrvr.journey.call.models import Call
from openrvr.journey.call.news import CallAnswered
from openrvr.journey.call.queries import live_of_case
from openrvr.journey.escalation import actions as escalation
from openrvr.journey.escalation.news import PhysicalAcknowledged, PhysicalAsked
from openrvr.journey.intake.actions import CaseIsClosed
from openrvr.journey.invitation.models import Invitation
from openrvr.journey.silent.models import (
    AlarmPress,
    Hearing,
    HearingAnswer,
    HearingQuestion,
    Outcome,
    SilentAlarm,
)
from openrvr.journey.waiting.news import CheckedIn

REASON = "Silent alarm from her phone"
BY_HER_PAGE, BY_THE_OFFICERS_BROWSER = "her page", "the officer's browser"
THE_PAGE = "the waiting page"

# What her phone says of when she pressed is believed for as long as it may have tried to send it.
LONGEST_AGO = timedelta(hours=1)
# A phone in a wrong hand presses for ever: what is more than this adds nothing.
_MOST_PRESSES = 50


class SayWhy(Refused):
    """An alarm is not put aside without a reason."""

    status = 422

    def __init__(self) -> None:
        super().__init__("Say why no patrol is needed.")


class NoSuchAnswer(Refused):
    """The question has no such answer, or is not hers."""

    status = 400

    def __init__(self) -> None:
        super().__init__("The request could not be understood.")


@unit_of_work()
def raise_alarm(
    invitation: Invitation, *, key: uuid.UUID, ago: timedelta, came_by: str, now: datetime
) -> SilentAlarm:
    """She has asked for help, `ago` before now; whoever stands for her answers for it.

    One press is one row, by whichever way and however often it arrives; while an alarm is open,
    another press belongs to it. Raises CaseIsClosed.
    """
    case = cases.lock(invitation.case_id)
    arrived = AlarmPress.objects.select_related("alarm").filter(key=key).first()
    if arrived:
        return arrived.alarm
    if not case.is_open:
        raise CaseIsClosed(case)
    pressed_at = now - min(max(ago, timedelta(0)), LONGEST_AGO)
    alarm = open_alarm(case)
    escalation.be_covert(case)
    is_new = alarm is None
    if alarm is None:
        alarm = SilentAlarm.objects.create(
            case=case,
            invitation=invitation,
            call=live_of_case(case),
            raised_at=pressed_at,
            received_at=now,
        )
        by = victim(invitation.pk)
        holder = _who_stands_for_her(case, invitation)
        promises.open_promise(case, SILENT_ALARM, holder=holder, by=by, now=now)
    if alarm.presses.count() >= _MOST_PRESSES:
        return alarm
    AlarmPress.objects.create(
        alarm=alarm, key=key, pressed_at=pressed_at, received_at=now, came_by=came_by
    )
    audit.record(
        "alarm.raised" if is_new else "alarm.pressed_again",
        by=victim(invitation.pk),
        now=now,
        case_reference=case.reference,
        came_by=came_by,
    )
    _tell(alarm, now=now)
    return alarm


@unit_of_work()
def confirm(alarm_id: int, *, by: Account, now: datetime) -> SilentAlarm:
    """One press: a patrol is asked for. Twice is once. Raises CaseIsClosed."""
    alarm = _locked(alarm_id)
    if alarm.settled_at:
        return alarm
    escalation.ask(alarm.case_id, reason=REASON, by=by.actor, now=now)
    # Where the patrol is newly asked for, that has settled the alarm already.
    alarm.refresh_from_db()
    if not alarm.settled_at:
        _settle(alarm, Outcome.PATROL, by=by, now=now)
    return alarm


@unit_of_work()
def put_aside(alarm_id: int, *, why: str, by: Account, now: datetime) -> SilentAlarm:
    """No patrol is needed, for a reason that is kept. Twice is once. Raises SayWhy."""
    if not why.strip():
        raise SayWhy
    alarm = _locked(alarm_id)
    if not alarm.settled_at:
        _settle(alarm, Outcome.NOT_NEEDED, by=by, now=now, why=why.strip()[:300])
    return alarm


def open_alarm(case: Case) -> SilentAlarm | None:
    """The alarm on the case that nobody has answered yet."""
    return SilentAlarm.objects.select_related("case").filter(case=case, settled_at=None).first()


def pass_to_officer(answered: CallAnswered) -> None:
    """She raised it while she waited: the officer who answers her stands for her from now on."""
    call, now = answered.call, answered.now
    promise = _promise_of(call.case)
    if promise:
        why = "answered her call"
        promises.hand_over(promise, call.officer, why=why, by=call.officer.actor, now=now)
        live.tell_desks("alarm.changed", now=now, reference=call.case.reference)


def tell_of_rung(fired: RungFired) -> None:
    """The ladder was climbed: those who answer for it now see the alarm too."""
    if fired.promise.kind == SILENT_ALARM:
        live.tell_desks("alarm.changed", now=fired.now, reference=fired.promise.case.reference)


def settle_when_asked(asked: PhysicalAsked) -> None:
    """A person asks for a patrol, by whichever key: that answers her alarm.

    Whoever asks for it, her screen goes on showing nothing.
    """
    if open_alarm(asked.case):
        escalation.be_covert(asked.case)
    if asked.by.is_person:
        _settle_open(asked.case, by=Account.objects.get(pk=asked.by.id), now=asked.now)


def settle_when_physical(acknowledged: PhysicalAcknowledged) -> None:
    """The ladder asked for a patrol, and a person has it: that answers her alarm."""
    _settle_open(acknowledged.case, by=acknowledged.by, now=acknowledged.now)


def _settle_open(case: Case, *, by: Account, now: datetime) -> None:
    alarm = open_alarm(case)
    if alarm:
        _settle(alarm, Outcome.PATROL, by=by, now=now)


def _settle(
    alarm: SilentAlarm, outcome: Outcome, *, by: Account, now: datetime, why: str = ""
) -> None:
    case = alarm.case
    alarm.settled_at, alarm.settled_by, alarm.outcome, alarm.why = now, by, outcome, why
    alarm.save(update_fields=["settled_at", "settled_by", "outcome", "why"])
    promises.keep_open_ones(case, SILENT_ALARM, by=by.actor, now=now, because=outcome.label)
    audit.record(
        "alarm.settled", by=by.actor, now=now, case_reference=case.reference, outcome=outcome.value
    )
    _tell(alarm, now=now)


def _tell(alarm: SilentAlarm, *, now: datetime) -> None:
    """The desks read which alarms are theirs; what they hear names the case and nothing else."""
    live.tell_desks("alarm.changed", now=now, reference=alarm.case.reference)
    cases.tell_changed(alarm.case, now=now)


def _locked(alarm_id: int) -> SilentAlarm:
    case = cases.lock_where(silent_alarms=alarm_id)
    alarm = SilentAlarm.objects.get(pk=alarm_id)
    alarm.case = case
    return alarm


def _promise_of(case: Case) -> Promise | None:
    return (
        case.promises.filter(kind=SILENT_ALARM, state="open")
        .select_related("case", "holder")
        .first()
    )


def _who_stands_for_her(case: Case, invitation: Invitation) -> Account | Desk:
    """The officer in the call; whoever writes it up or sends the patrol; else the call-taker."""
    call = live_of_case(case)
    if call:
        return call.officer
    open_ones = case.promises.filter(kind__in=("wrap_up", "attend"), state="open")
    after_the_call = open_ones.select_related("holder").order_by("-kind").first()
    if after_the_call:
        return after_the_call.holder or Desk(after_the_call.desk)
    return invitation.sent_by


# ----------------------------------------------------------------------------------------------
# Can anyone hear you?


def ask_at_start(news: CheckedIn) -> None:
    """She has come to the waiting page, which asks her first of all."""
    HearingQuestion.objects.create(
        invitation=news.waiting.invitation, asked_by=THE_PAGE, asked_at=news.now
    )


@unit_of_work()
def ask_hearing(call_id: uuid.UUID, *, by: Account, now: datetime) -> HearingQuestion:
    """The officer asks on her screen. While she has not answered, asking again is the same."""
    case = cases.lock_where(calls=call_id)
    call = Call.objects.get(pk=call_id)
    asked = call.hearing_questions.order_by("-pk").first()
    if asked and not asked.answers.exists():
        return asked
    question = HearingQuestion.objects.create(
        invitation_id=call.invitation_id, call=call, asked_by=by.name, asked_at=now
    )
    audit.record("hearing.asked", by=by.actor, now=now, case_reference=case.reference)
    live.publish(
        of_phone(call.invitation_id),
        "hearing.asked",
        now=now,
        call=str(call_id),
        question=question.pk,
    )
    _tell_of_hearing(case, now=now)
    return question


@unit_of_work()
def answer_hearing(invitation: Invitation, question_id: int, answer: str, *, now: datetime) -> None:
    """She has tapped. The same again is nothing new. Raises NoSuchAnswer."""
    case = cases.lock(invitation.case_id)
    question = invitation.hearing_questions.filter(pk=question_id).first()
    if question is None or answer not in Hearing:
        raise NoSuchAnswer
    last = question.answers.order_by("-pk").first()
    if last and last.answer == answer:
        return
    HearingAnswer.objects.create(question=question, answer=answer, at=now)
    # What she said stands in the row, never in the log.
    by = victim(invitation.pk)
    audit.record("hearing.answered", by=by, now=now, case_reference=case.reference)
    _tell_of_hearing(case, now=now)


def _tell_of_hearing(case: Case, *, now: datetime) -> None:
    """Whoever is rung for her, or may be, reads it before answering; what they hear names the case
    and nothing else."""
    live.tell_desks("hearing.changed", now=now, reference=case.reference)
    cases.tell_changed(case, now=now)
