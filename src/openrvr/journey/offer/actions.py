"""Offering video and recording the answer. Video is offered, never imposed."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

from openrvr.foundation import news
from openrvr.foundation.audit import actions as audit
from openrvr.foundation.cases import actions as cases
from openrvr.foundation.cases.models import Case
from openrvr.foundation.cases.states import State
from openrvr.foundation.messages.queries import is_safe_at
from openrvr.foundation.people.models import Account
from openrvr.foundation.people.roles import Desk
from openrvr.foundation.policy.actions import keep_text
from openrvr.foundation.policy.queries import policy
from openrvr.foundation.promises import actions as promises
from openrvr.foundation.refusal import Refused
from openrvr.foundation.unit_of_work import unit_of_work
from openrvr.journey.intake.actions import CaseIsClosed
from openrvr.journey.offer.models import CriterionAnswer, Offer, Response
from openrvr.journey.offer.news import HandedToStandard
from openrvr.journey.offer.queries import eligibility
from openrvr.journey.offer.rules import Eligibility

FARTHEST_APPOINTMENT = timedelta(days=28)


class NotEligible(Refused):
    """Video cannot be offered on this report; the sentence says why."""

    def __init__(self, judged: Eligibility) -> None:
        if judged.is_immediate:
            super().__init__("An immediate report goes to local officers, never to video.")
        elif judged.not_met:
            super().__init__(f"Video cannot be offered: {judged.not_met[0].reason}")
        else:
            super().__init__("Ask the questions that are still open before offering video.")


class NotATimeToMeet(Refused):
    """The appointment's time cannot be promised."""

    status = 422

    def __init__(self) -> None:
        super().__init__("Choose a time between now and four weeks from now.")


class NotASafeTime(Refused):
    """At that time nobody may reach her, so that no link could be sent."""

    status = 422

    def __init__(self) -> None:
        super().__init__(
            "That is outside her safe hours: agree on another time, or on other hours."
        )


class NotAsked(Refused):
    """The policy has no such question; a fact of the report is not answered by hand."""

    status = 422

    def __init__(self) -> None:
        super().__init__("Choose one of the answers that the page shows.")


class ReasonNeeded(Refused):
    """A no needs its reason."""

    status = 422

    def __init__(self) -> None:
        super().__init__("Choose the reason: it is how the service learns.")


@unit_of_work()
def answer_criterion(
    case_id: int, criterion: str, answer: str, *, by: Account, now: datetime
) -> None:
    """Note what the caller answered ("yes" or "no") to a criterion that is asked.

    Raises NotAsked.
    """
    asked = [each.id for each in policy().criteria if not each.fact]
    if criterion not in asked or answer not in ("yes", "no"):
        raise NotAsked
    case = cases.lock(case_id)
    if not case.is_open:
        raise CaseIsClosed(case)
    CriterionAnswer.objects.update_or_create(
        case=case, criterion=criterion, defaults={"answer": answer, "by": by, "at": now}
    )
    audit.record(
        "offer.criterion_answered",
        by=by.actor,
        now=now,
        case_reference=case.reference,
        criterion=criterion,
    )
    cases.tell_changed(case, now=now)


@unit_of_work()
def accept(case_id: int, *, officer_free: bool, key_word: str, by: Account, now: datetime) -> Offer:
    """She accepts video. The link is the next step's (`invitation.actions.send`).

    Raises NotEligible, MoveRefused. Pressed twice, there is one acceptance.
    """
    case = cases.lock(case_id)
    standing = case.offers.order_by("-id").first()
    if (
        standing
        and standing.response == Response.ACCEPTED
        and case.state
        in (
            State.OFFERED,
            State.INVITED,
            State.WAITING,
            State.LIVE,
        )
    ):
        return standing
    judged = eligibility(case, officer_free=officer_free)
    _make(case, judged, by=by, now=now)
    return _record(case, Response.ACCEPTED, judged, by=by, now=now, key_word=key_word)


@unit_of_work()
def decline(case_id: int, *, reason: str, by: Account, now: datetime) -> Offer:
    """She declines: the normal service, which the call-taker acknowledges and answers for."""
    if not reason:
        raise ReasonNeeded
    case = cases.lock(case_id)
    last = case.offers.order_by("-id").first()
    if last and last.response == Response.DECLINED and case.state == State.STANDARD:
        return last
    # A no is a no: it is taken also where a criterion is still open.
    judged = eligibility(case, officer_free=True)
    cases.move(case, State.OFFERED, by=by.actor, now=now)
    offer = _record(case, Response.DECLINED, judged, by=by, now=now, reason=reason)
    to_standard(case, reason=reason, by=by, now=now)
    return offer


@unit_of_work()
def agree_appointment(
    case_id: int, *, at: datetime, key_word: str, by: Account, now: datetime
) -> Offer:
    """She prefers a time of her own: a promise of the video hub, due at that instant."""
    if not now < at <= now + FARTHEST_APPOINTMENT:
        raise NotATimeToMeet
    case = cases.lock(case_id)
    if case.state == State.APPOINTMENT:
        return case.offers.order_by("-id")[0]
    if not is_safe_at(case, at):
        raise NotASafeTime
    judged = eligibility(case, officer_free=True)  # then, if not now
    _make(case, judged, by=by, now=now)
    offer = _record(
        case, Response.APPOINTMENT, judged, by=by, now=now, appointment_at=at, key_word=key_word
    )
    promises.open_promise(
        case, "appointment", holder=Desk.VIDEO_HUB, by=by.actor, now=now, due_at=at
    )
    promises.keep_open_ones(case, "respond", by=by.actor, now=now, because="appointment agreed")
    cases.move(case, State.APPOINTMENT, by=by.actor, now=now)
    return offer


@unit_of_work()
def not_eligible(
    case_id: int, *, officer_free: bool, reason: str, by: Account, now: datetime
) -> None:
    """Video is not for this report: the normal service, which the call-taker answers for."""
    case = cases.lock(case_id)
    if case.state == State.STANDARD:
        return
    judged = eligibility(case, officer_free=officer_free)
    _record(case, Response.NOT_ELIGIBLE, judged, by=by, now=now, reason=reason)
    to_standard(case, reason=reason, by=by, now=now)


@unit_of_work()
def give_back(case_id: int, *, reason: str, by: Account, now: datetime) -> None:
    """She changes her mind, or cannot connect: from any step to the normal service."""
    case = cases.lock(case_id)
    if case.state != State.STANDARD:
        to_standard(case, reason=reason, by=by, now=now)


def to_standard(case: Case, *, reason: str, by: Account, now: datetime) -> None:
    """Hand a locked case to the normal service; `by` acknowledges it and answers for it."""
    cases.move(case, State.STANDARD, by=by.actor, now=now, reason=reason, acknowledged_by=by)
    if not case.promises.filter(kind="call_back_or_visit", state="open").exists():
        promises.open_promise(case, "call_back_or_visit", holder=by, by=by.actor, now=now)
    promises.withdraw_open_ones(
        case,
        "respond",
        "reach_page",
        "officer_on_video",
        "appointment",
        by=by.actor,
        now=now,
        because="normal service instead of video",
    )
    news.tell(HandedToStandard(case, by, now))


def _make(case: Case, judged: Eligibility, *, by: Account, now: datetime) -> None:
    if not judged.can_be_offered:
        raise NotEligible(judged)
    cases.move(case, State.OFFERED, by=by.actor, now=now)


def _record(
    case: Case,
    response: Response,
    judged: Eligibility,
    *,
    by: Account,
    now: datetime,
    reason: str = "",
    key_word: str = "",
    appointment_at: datetime | None = None,
) -> Offer:
    policy = keep_text(now)
    offer = Offer.objects.create(
        case=case,
        policy_id=policy.sha256,
        judgement=[asdict(criterion) for criterion in judged.judged],
        response=response,
        reason=reason,
        key_word=key_word.strip(),
        appointment_at=appointment_at,
        by=by,
        at=now,
    )
    audit.record(
        f"offer.{response.value}",
        by=by.actor,
        now=now,
        case_reference=case.reference,
        policy=policy.version,
    )
    return offer
