from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openrvr.foundation.cases.states import State
from openrvr.foundation.people.models import Account
from openrvr.foundation.policy import rules as policy_rules
from openrvr.foundation.policy.rules import Criterion, parse
from openrvr.foundation.promises.models import Promise
from openrvr.journey.intake import actions as intake
from openrvr.journey.offer import actions as offers
from openrvr.journey.offer.models import Offer
from openrvr.journey.offer.rules import Verdict, judge
from tests.committed import commit
from tests.story import ASKED, Story

SAMPLE = parse((Path(policy_rules.__file__).parent / "sample.toml").read_text())
FACTS = {
    "suspect_whereabouts": "gone",
    "injuries": "none",
    "grade": "priority",
    "safe_to_text": "yes",
    "officer_free": "yes",
}
ANSWERS = dict.fromkeys(ASKED, "yes")


def test_all_met_can_be_offered() -> None:
    judged = judge(SAMPLE, FACTS, ANSWERS)
    assert judged.can_be_offered
    assert judged.met == len(SAMPLE.criteria)


@pytest.mark.parametrize(
    ("fact", "value", "verdict"),
    [
        ("suspect_whereabouts", "here", Verdict.NOT_MET),
        ("suspect_whereabouts", "expected", Verdict.NOT_MET),
        ("suspect_whereabouts", "unknown", Verdict.UNKNOWN),
        ("suspect_whereabouts", "in_custody", Verdict.MET),
        ("injuries", "serious", Verdict.NOT_MET),
        ("injuries", "unknown", Verdict.UNKNOWN),
        ("grade", "telephone", Verdict.NOT_MET),
        ("safe_to_text", "no", Verdict.NOT_MET),
        ("officer_free", "no", Verdict.NOT_MET),
    ],
)
def test_each_fact_decides_with_a_reason(fact: str, value: str, verdict: Verdict) -> None:
    judged = judge(SAMPLE, {**FACTS, fact: value}, ANSWERS)
    criterion = next(c.id for c in SAMPLE.criteria if c.fact == fact)
    found = next(j for j in judged.judged if j.criterion == criterion)
    assert found.verdict is verdict
    assert found.reason
    assert judged.can_be_offered is (verdict is Verdict.MET)


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("answer", ["no", ""])
def test_a_question_that_is_not_answered_yes_stops_the_offer(asked: str, answer: str) -> None:
    assert not judge(SAMPLE, FACTS, {**ANSWERS, asked: answer}).can_be_offered


@given(
    grades=st.lists(st.sampled_from(["immediate", "priority", "telephone"]), min_size=1),
    drop=st.sets(st.sampled_from([c.id for c in SAMPLE.criteria])),
)
def test_immediate_is_never_offered_whatever_the_policy_says(
    grades: list[str], drop: set[str]
) -> None:
    kept = tuple(c for c in SAMPLE.criteria if c.id not in drop and c.fact != "grade")
    loose = Criterion("grade", "?", "no", fact="grade", met_by=("immediate", *grades))
    policy = replace(SAMPLE, criteria=(*kept, loose))
    assert not judge(policy, {**FACTS, "grade": "immediate"}, ANSWERS).can_be_offered


def test_immediate_is_refused_by_the_action_too(story: Story) -> None:
    story.eligible()
    intake.grade(story.case.pk, "immediate", by=story.call_taker, now=story.now)
    with pytest.raises(offers.NotEligible, match="never to video"):
        offers.accept(
            story.case.pk, officer_free=True, key_word="", by=story.call_taker, now=story.now
        )


def test_an_open_question_is_named(story: Story) -> None:
    story.graded()
    with pytest.raises(offers.NotEligible, match="questions that are still open"):
        offers.accept(
            story.case.pk, officer_free=True, key_word="", by=story.call_taker, now=story.now
        )


@pytest.mark.parametrize(
    ("criterion", "answer"), [("injuries", "yes"), ("unheard_of", "yes"), ("adult", "maybe")]
)
def test_only_what_is_asked_is_answered(story: Story, criterion: str, answer: str) -> None:
    story.graded()
    with pytest.raises(offers.NotAsked):
        offers.answer_criterion(
            story.case.pk, criterion, answer, by=story.call_taker, now=story.now
        )


def test_the_offer_keeps_what_it_was_decided_under(story: Story) -> None:
    story.accepted()
    offer = Offer.objects.get(case=story.case)
    assert offer.policy.sha256 == SAMPLE.sha256
    assert offer.policy.text == SAMPLE.text
    assert offer.key_word == "apples"
    assert {j["verdict"] for j in offer.judgement} == {"met"}


def test_accepting_twice_is_one_acceptance(story: Story) -> None:
    story.invited()
    again = offers.accept(
        story.case.pk, officer_free=True, key_word="pears", by=story.call_taker, now=story.now
    )
    assert again.key_word == "apples"
    assert Offer.objects.count() == 1


def test_a_no_goes_to_the_normal_service_and_somebody_owns_it(
    story: Story, call_taker: Account
) -> None:
    story.eligible()
    for _ in range(2):
        offers.decline(story.case.pk, reason="No time now", by=call_taker, now=story.now)
    commit()
    case = story.fresh()
    assert case.state == State.STANDARD
    assert case.moves.get(after="standard").acknowledged_by == call_taker
    owed = Promise.objects.get(case=case, state="open")
    assert (owed.kind, owed.holder) == ("call_back_or_visit", call_taker)
    assert Offer.objects.count() == 1


def test_a_no_needs_its_reason(story: Story, call_taker: Account) -> None:
    story.eligible()
    with pytest.raises(offers.ReasonNeeded):
        offers.decline(story.case.pk, reason="", by=call_taker, now=story.now)


def test_who_declined_may_change_her_mind(story: Story, call_taker: Account) -> None:
    story.eligible()
    offers.decline(story.case.pk, reason="No time now", by=call_taker, now=story.now)
    offers.accept(story.case.pk, officer_free=True, key_word="", by=call_taker, now=story.now)
    commit()
    assert story.fresh().state == State.OFFERED


def test_an_appointment_is_a_promise_of_the_hub(story: Story, call_taker: Account) -> None:
    story.eligible()
    at = story.now + timedelta(hours=5)
    offers.agree_appointment(story.case.pk, at=at, key_word="", by=call_taker, now=story.now)
    commit()
    owed = Promise.objects.get(case=story.case, state="open")
    assert (owed.kind, owed.due_at, owed.desk) == ("appointment", at, "video_hub")
    assert story.fresh().state == State.APPOINTMENT


@pytest.mark.parametrize(("hours", "agreed"), [("9-15", True), ("18-20", False), ("9-5", False)])
def test_an_appointment_is_within_her_safe_hours(
    story: Story, call_taker: Account, hours: str, agreed: bool
) -> None:
    story.eligible(safe_hours=hours)
    at = story.now + timedelta(days=1)  # noon
    if agreed:
        offers.agree_appointment(story.case.pk, at=at, key_word="", by=call_taker, now=story.now)
    else:
        with pytest.raises(offers.NotASafeTime):
            offers.agree_appointment(
                story.case.pk, at=at, key_word="", by=call_taker, now=story.now
            )
    assert story.case.promises.filter(kind="appointment").exists() == agreed


@pytest.mark.parametrize("hours", [-1, 0, 28 * 24 + 1])
def test_an_appointment_has_a_time_that_can_be_promised(
    story: Story, call_taker: Account, hours: int
) -> None:
    story.eligible()
    with pytest.raises(offers.NotATimeToMeet):
        offers.agree_appointment(
            story.case.pk,
            at=story.now + timedelta(hours=hours),
            key_word="",
            by=call_taker,
            now=story.now,
        )


@pytest.mark.parametrize("step", ["invited", "checked_in", "wrapped_up"])
def test_she_may_change_to_the_normal_service_at_any_step(
    story: Story, call_taker: Account, step: str
) -> None:
    getattr(story, step)()
    offers.give_back(story.case.pk, reason="Rather in person", by=call_taker, now=story.now)
    commit()
    case = story.fresh()
    assert case.state == State.STANDARD
    assert not case.invitations.filter(ended_at=None).exists()
    assert not case.waitings.filter(left_at=None).exists()
    assert case.promises.filter(kind="call_back_or_visit", state="open").exists()


def test_a_no_after_the_normal_service_had_it_anyway(story: Story, call_taker: Account) -> None:
    story.graded()
    offers.give_back(story.case.pk, reason="Line lost", by=call_taker, now=story.now)
    offers.decline(story.case.pk, reason="No time now", by=call_taker, now=story.now)
    commit()
    assert story.fresh().state == State.STANDARD
    assert Promise.objects.filter(kind="call_back_or_visit", state="open").count() == 1
