"""Alarms that nobody has answered, and what she said about who can hear her."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from openrvr.foundation.cases.models import Case
from openrvr.foundation.people.models import Account
from openrvr.foundation.policy.rules import SILENT_ALARM
from openrvr.foundation.promises.models import Promise
from openrvr.journey.call.models import Call
from openrvr.journey.invitation.models import Invitation
from openrvr.journey.silent.models import Hearing, HearingQuestion, SilentAlarm

_TONES = {Hearing.ALONE: "live", Hearing.NEAR: "risk", Hearing.HEARD: "danger"}


@dataclass(frozen=True)
class OpenAlarm:
    """An alarm, and the promise that says who answers for it and by when."""

    alarm: SilentAlarm
    promise: Promise
    presses: int


def alarms_for(account: Account) -> list[OpenAlarm]:
    """The alarms that this person, or one of her desks, answers for now; oldest first."""
    mine = (
        Promise.objects.filter(kind=SILENT_ALARM, state="open")
        .filter(Q(holder=account) | Q(desk__in=account.desks))
        .select_related("case__report", "holder")
        .order_by("opened_at")
    )
    found = {
        alarm.case_id: alarm
        for alarm in SilentAlarm.objects.filter(
            settled_at=None, case__in=[promise.case_id for promise in mine]
        ).select_related("case__report", "call")
    }
    return [
        OpenAlarm(found[promise.case_id], promise, found[promise.case_id].presses.count())
        for promise in mine
        if promise.case_id in found
    ]


@dataclass(frozen=True)
class Heard:
    """One question and what she answered last; None where she has not."""

    asked_at: datetime
    asked_by: str
    answered_at: datetime | None
    answer: str

    @property
    def words(self) -> str:
        return Hearing(self.answer).label if self.answer else "No answer yet"

    @property
    def tone(self) -> str:
        return _TONES.get(Hearing(self.answer), "quiet") if self.answer else "quiet"


def heard_on(case: Case) -> list[Heard]:
    """All questions of a case, the newest first."""
    questions = HearingQuestion.objects.filter(invitation__case=case).order_by("-pk")
    return [_heard(question) for question in questions.prefetch_related("answers")]


@dataclass(frozen=True)
class Told:
    """What she has told without a sound before anybody answered."""

    alarm: SilentAlarm | None
    heard: Heard | None


def told_while_waiting(cases: list[int]) -> dict[int, Told]:
    """By case, of those on which she has told something: an open alarm, her last answer."""
    alarms = {
        alarm.case_id: alarm
        for alarm in SilentAlarm.objects.filter(settled_at=None, case__in=cases)
    }
    questions = HearingQuestion.objects.filter(invitation__case__in=cases, call=None).order_by("pk")
    heard = {
        question.invitation.case_id: _heard(question)
        for question in questions.select_related("invitation").prefetch_related("answers")
    }
    answered = {key: each for key, each in heard.items() if each.answer}
    return {
        key: Told(alarms.get(key), answered.get(key)) for key in alarms.keys() | answered.keys()
    }


def silent_state(reference: str) -> dict[str, Any]:
    """What the officer's desk shows over the video: an open alarm, and the last answer."""
    case = Case.objects.filter(reference=reference).first()
    if case is None:
        return {"alarm": None, "hearing": None}
    alarm = SilentAlarm.objects.filter(case=case, settled_at=None).first()
    newest = heard_on(case)[:1]
    return {
        "alarm": alarm and alarm.raised_at.isoformat(),
        "hearing": _hearing_state(newest[0]) if newest else None,
    }


def question_for(invitation: Invitation, call: Call | None) -> dict[str, Any] | None:
    """What her page asks: with her last answer while she waits; in the call until she answers."""
    newest = invitation.hearing_questions.filter(call=call).order_by("-pk").first()
    if newest is None:
        return None
    last = newest.answers.order_by("-pk").first()
    if call and last:
        return None
    return {"question": newest.pk, "answer": last.answer if last else ""}


def _hearing_state(heard: Heard) -> dict[str, Any]:
    return {
        "asked": heard.asked_at.isoformat(),
        "answered": heard.answered_at and heard.answered_at.isoformat(),
        "words": heard.words,
        "tone": heard.tone,
    }


def _heard(question: HearingQuestion) -> Heard:
    last = max(question.answers.all(), key=lambda answer: answer.pk, default=None)
    return Heard(
        asked_at=question.asked_at,
        asked_by=question.asked_by,
        answered_at=last.at if last else None,
        answer=last.answer if last else "",
    )
