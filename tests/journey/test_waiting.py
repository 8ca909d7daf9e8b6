from __future__ import annotations

from datetime import UTC, datetime

import pytest

from openrvr.foundation.cases.states import State
from openrvr.foundation.live.models import LiveChannel, LiveEvent
from openrvr.foundation.people.models import Account
from openrvr.foundation.promises.models import Promise
from openrvr.journey.call import actions as calls
from openrvr.journey.call.models import Call
from openrvr.journey.invitation import actions as invitations
from openrvr.journey.waiting import actions as waitings
from openrvr.journey.waiting.models import Ring, Waiting
from openrvr.journey.waiting.rules import FreeOfficer, next_to_ring
from tests.committed import commit
from tests.story import Story
from tests.together import together


def _free(account_id: int, languages: str = "en", rested: int = 0) -> FreeOfficer:
    since = datetime(2026, 1, 1, 12, rested, tzinfo=UTC)
    return FreeOfficer(account_id, frozenset(languages.split()), since)


def test_whom_to_ring() -> None:
    rested, tired, welsh = _free(1, rested=0), _free(2, rested=9), _free(3, "en cy", rested=30)
    everybody = [tired, welsh, rested]

    def choose(language: str, *rung: int) -> FreeOfficer | None:
        return next_to_ring(everybody, language=language, rung_this_round=frozenset(rung))

    assert choose("en") == rested
    assert choose("cy") == welsh
    assert choose("cy", 3) == rested
    assert choose("en", 1) == tired
    assert choose("en", 1, 2, 3) is None


def test_one_officer_at_a_time_then_the_next_then_the_supervisors(
    story: Story, officer: Account, other_officer: Account
) -> None:
    waitings.go_on_duty(by=officer, now=story.now)
    waitings.go_on_duty(by=other_officer, now=story.later(1))
    story.checked_in()
    assert [r.officer for r in Ring.objects.filter(ended_at=None)] == [officer]
    assert waitings.pass_on_unanswered(story.later(19)) == 0
    assert waitings.pass_on_unanswered(story.later(1)) == 1
    assert [r.officer for r in Ring.objects.filter(ended_at=None)] == [other_officer]
    assert not LiveEvent.objects.filter(kind="waiting.nobody_left").exists()
    waitings.pass_on_unanswered(story.later(20))
    assert LiveEvent.objects.filter(kind="waiting.nobody_left", stream="desk.supervisor").exists()
    assert Ring.objects.filter(ended_at=None).count() == 1  # a new round has begun


def test_nobody_on_duty_is_told_at_once(story: Story) -> None:
    story.checked_in()
    assert LiveEvent.objects.filter(kind="waiting.nobody_left").count() == 1


def test_whoever_comes_on_duty_is_rung(story: Story, officer: Account) -> None:
    story.checked_in()
    assert waitings.ring_whoever_came_free(story.now) == 0
    waitings.go_on_duty(by=officer, now=story.later(5))
    assert waitings.ring_whoever_came_free(story.now) == 1
    assert Ring.objects.get(ended_at=None).officer == officer


def test_passing_on_rings_the_next_at_once(
    story: Story, officer: Account, other_officer: Account
) -> None:
    waitings.go_on_duty(by=officer, now=story.now)
    waitings.go_on_duty(by=other_officer, now=story.later(1))
    story.checked_in()
    ring = Ring.objects.get(ended_at=None)
    waitings.pass_on(ring.pk, by=officer, now=story.now)
    waitings.pass_on(ring.pk, by=officer, now=story.now)
    assert Ring.objects.get(ended_at=None).officer == other_officer


def test_going_off_duty_while_rung_passes_on(
    story: Story, officer: Account, other_officer: Account
) -> None:
    waitings.go_on_duty(by=officer, now=story.now)
    waitings.go_on_duty(by=other_officer, now=story.later(1))
    story.checked_in()
    waitings.go_off_duty(by=officer, now=story.now)
    assert Ring.objects.get(ended_at=None).officer == other_officer


def test_nobody_goes_off_duty_in_a_call(story: Story, officer: Account) -> None:
    story.live()
    with pytest.raises(waitings.AlreadyEngaged):
        waitings.go_off_duty(by=officer, now=story.now)


def test_only_officers_on_duty_answer(story: Story, other_officer: Account) -> None:
    story.checked_in()
    with pytest.raises(waitings.NotOnDuty):
        calls.answer(story.waiting.pk, by=other_officer, now=story.now)


def test_the_call_taker_may_clear_the_line_when_an_officer_has_answered(story: Story) -> None:
    story.live()
    told = LiveEvent.objects.filter(kind="officer.answered")
    call_taker = f"person.{story.call_taker.pk}"
    assert {e.stream for e in told} == {call_taker, "desk.control_room", "desk.supervisor"}


def test_of_two_officers_answering_at_once_one_wins_and_the_other_is_told(
    commits: None, story: Story, officer: Account, other_officer: Account
) -> None:
    for who in (officer, other_officer):
        waitings.go_on_duty(by=who, now=story.now)
    story.checked_in()
    results = together(
        lambda: calls.answer(story.waiting.pk, by=officer, now=story.now),
        lambda: calls.answer(story.waiting.pk, by=other_officer, now=story.now),
    )
    won = [r for r in results if isinstance(r, Call)]
    lost = [r for r in results if isinstance(r, waitings.SomebodyAnswered)]
    assert len(won) == len(lost) == 1, results
    assert Call.objects.count() == 1
    assert "colleague has answered" in str(lost[0])


def test_one_officer_answering_twice_is_in_one_call(
    commits: None, story: Story, officer: Account
) -> None:
    waitings.go_on_duty(by=officer, now=story.now)
    story.checked_in()
    press = lambda: calls.answer(story.waiting.pk, by=officer, now=story.now)  # noqa: E731
    results = together(press, press, press)
    assert len({call.pk for call in results}) == 1


def test_an_officer_is_never_in_two_calls(
    commits: None, call_taker: Account, officer: Account, now: datetime
) -> None:
    waitings.go_on_duty(by=officer, now=now)
    first, second = (Story(call_taker=call_taker, officer=officer, now=now) for _ in "ab")
    first.checked_in()
    second.checked_in()
    results = together(
        lambda: calls.answer(first.waiting.pk, by=officer, now=now),
        lambda: calls.answer(second.waiting.pk, by=officer, now=now),
    )
    assert sum(isinstance(r, Call) for r in results) == 1
    assert sum(isinstance(r, waitings.AlreadyEngaged) for r in results) == 1, results
    assert Call.objects.filter(officer=officer, ended_at=None).count() == 1


def test_checking_in_twice_waits_once(commits: None, story: Story) -> None:
    story.opened()
    press = lambda: waitings.check_in(story.invitation, now=story.now)  # noqa: E731
    results = together(press, press, press)
    assert len({waiting.pk for waiting in results}) == 1, results
    assert story.case.promises.filter(kind="officer_on_video").count() == 1


def test_who_leaves_the_page_is_the_call_takers_again(story: Story) -> None:
    story.checked_in()
    waitings.she_left(story.invitation, now=story.later(30))
    commit()
    case = story.fresh()
    assert case.state == State.INVITED
    owed = case.promises.get(state="open", kind="reach_page")
    assert owed.holder == story.call_taker


def test_urgent_grades_are_rung_for_first(
    call_taker: Account, officer: Account, now: datetime
) -> None:
    scheduled = Story(call_taker=call_taker, officer=officer, now=now)
    scheduled.graded_as = "scheduled"
    scheduled.checked_in()
    priority = Story(call_taker=call_taker, officer=officer, now=now)
    priority.checked_in()
    waitings.go_on_duty(by=officer, now=now)
    waitings.ring_whoever_came_free(now)
    assert Ring.objects.get(ended_at=None).waiting.case == priority.case


@pytest.mark.parametrize("press", ["send", "revoke"])
def test_who_waits_behind_a_link_that_is_taken_back_has_to_be_reached_anew(
    story: Story, call_taker: Account, press: str
) -> None:
    story.checked_in()
    if press == "send":
        invitations.send(story.case.pk, again=True, by=call_taker, now=story.now)
    else:
        invitations.revoke(story.case.pk, by=call_taker, now=story.now)
    commit()
    assert story.fresh().state == State.INVITED
    assert not Waiting.objects.filter(left_at=None).exists()
    owed = Promise.objects.filter(state="open").values_list("kind", flat=True)
    assert sorted(owed) == ["reach_page", "respond"]


def test_the_two_browsers_are_brought_near_while_it_rings_and_parted_when_it_passes_on(
    story: Story, officer: Account, other_officer: Account
) -> None:
    waitings.go_on_duty(by=officer, now=story.now)
    story.checked_in()
    ring = Ring.objects.get()
    told = LiveEvent.objects.filter(kind="call.near", data__call=str(ring.channel))
    phone = f"phone.{story.invitation.pk}"
    assert {event.stream for event in told} == {phone, f"person.{officer.pk}"}
    assert LiveChannel.objects.get(pk=ring.channel).closed_at is None

    waitings.go_on_duty(by=other_officer, now=story.now)
    waitings.pass_on(ring.pk, by=officer, now=story.later(2))
    assert LiveChannel.objects.get(pk=ring.channel).closed_at == story.now
    parted = LiveEvent.objects.filter(kind="call.parted", data__call=str(ring.channel))
    assert {event.stream for event in parted} == {phone, f"person.{officer.pk}"}

    other_ring = Ring.objects.get(ended_at=None)
    call = calls.answer(story.waiting.pk, by=other_officer, now=story.now)
    assert call.pk == other_ring.channel != ring.channel
    assert LiveChannel.objects.get(pk=call.pk).closed_at is None
