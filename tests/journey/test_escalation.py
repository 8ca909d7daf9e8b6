from __future__ import annotations

import pytest

from openrvr.foundation.cases.states import State
from openrvr.foundation.live.models import LiveEvent
from openrvr.foundation.people.models import Account
from openrvr.foundation.promises.models import Promise
from openrvr.journey.call import actions as calls
from openrvr.journey.call.models import Call, EndedBy
from openrvr.journey.escalation import actions as escalation
from openrvr.journey.escalation.models import PhysicalRequest
from openrvr.journey.escalation.queries import alarming
from openrvr.journey.intake import actions as intake
from tests.committed import commit
from tests.story import Story
from tests.together import together


def test_one_press_reaches_the_control_room_with_place_and_reason(story: Story) -> None:
    story.live()
    escalation.ask(story.case.pk, reason="Key word", by=story.officer.actor, now=story.now)
    commit()
    told = LiveEvent.objects.get(kind="physical.asked", stream="desk.control_room")
    assert told.data["location"] == "1 Example Street"
    assert told.data["reason"] == "Key word"
    assert Call.objects.filter(ended_at=None).exists()  # the call goes on
    owed = Promise.objects.get(kind="acknowledge_physical", state="open")
    assert owed.desk == "control_room"


def test_it_alarms_until_a_person_acknowledges_it(story: Story, call_taker: Account) -> None:
    story.live()
    request = escalation.ask(story.case.pk, reason="", by=story.officer.actor, now=story.now)
    assert list(alarming()) == [request]
    escalation.acknowledge(request.pk, by=call_taker, now=story.later(5))
    escalation.acknowledge(request.pk, by=story.officer, now=story.later(5))
    assert not alarming().exists()
    request.refresh_from_db()
    assert request.acknowledged_by == call_taker
    attend = Promise.objects.get(kind="attend", state="open")
    assert attend.holder == call_taker


def test_the_call_goes_on_and_the_case_moves_when_it_ends(
    story: Story, call_taker: Account
) -> None:
    story.live()
    request = escalation.ask(story.case.pk, reason="", by=story.officer.actor, now=story.now)
    escalation.acknowledge(request.pk, by=call_taker, now=story.now)
    assert story.fresh().state == State.LIVE
    calls.hang_up(story.call.pk, by=story.officer.actor, ended_by=EndedBy.OFFICER, now=story.now)
    commit()
    case = story.fresh()
    assert case.state == State.PHYSICAL
    assert case.moves.get(after="physical").acknowledged_by == call_taker


@pytest.mark.parametrize("step", ["reported", "graded", "accepted", "invited", "checked_in"])
def test_from_any_step_before_the_call(story: Story, call_taker: Account, step: str) -> None:
    getattr(story, step)()
    request = escalation.ask(story.case.pk, reason="", by=call_taker.actor, now=story.now)
    escalation.acknowledge(request.pk, by=call_taker, now=story.now)
    commit()
    case = story.fresh()
    assert case.state == State.PHYSICAL
    assert not case.waitings.filter(left_at=None).exists()
    assert not case.invitations.filter(ended_at=None).exists()


def test_grading_immediate_asks_for_a_patrol(story: Story) -> None:
    story.graded()
    intake.grade(
        story.case.pk, "immediate", reason="He is back", by=story.call_taker, now=story.now
    )
    request = PhysicalRequest.objects.get()
    assert request.reason == "He is back"


def test_pressed_by_three_at_once_it_is_asked_for_once(commits: None, story: Story) -> None:
    story.live()
    press = lambda: escalation.ask(  # noqa: E731
        story.case.pk, reason="", by=story.officer.actor, now=story.now
    )
    results = together(press, press, press)
    assert len({request.pk for request in results}) == 1, results
    assert LiveEvent.objects.filter(kind="physical.asked").count() == 2  # one a desk
