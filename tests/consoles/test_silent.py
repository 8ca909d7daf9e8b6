"""What she tells without a sound, over HTTP: from her phone to the screens of those it is for."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from openrvr.foundation.people.models import Account
from openrvr.foundation.promises import actions as promises
from openrvr.journey.call import actions as calls
from openrvr.journey.call.models import EndedBy
from openrvr.journey.escalation.models import PhysicalRequest
from openrvr.journey.silent import actions as silent
from openrvr.journey.silent.models import AlarmPress, HearingAnswer, SilentAlarm
from openrvr.journey.waiting import actions as waitings
from tests.consoles.conftest import Desk
from tests.story import Story

Sit = Callable[[Account], Desk]


@pytest.fixture
def story(call_taker: Account, officer: Account) -> Story:
    """In the present, since views look at the clock."""
    return Story(call_taker=call_taker, officer=officer, now=timezone.now())


def _phone(story: Story) -> Desk:
    phone = Desk()
    phone.cookies["p"] = story.device_secret
    return phone


def test_her_press_is_answered_with_nothing_and_is_on_the_officers_desk(
    story: Story, at_desk: Sit, officer: Account, call_taker: Account
) -> None:
    story.live()
    pressed = {"key": str(uuid.uuid4()), "ago": 2500}
    for _ in range(2):
        answer = _phone(story).sends("/p/alarm", pressed)
        assert (answer.status_code, answer.json()) == (200, {})
    press = AlarmPress.objects.get()
    assert press.received_at - press.pressed_at == timedelta(milliseconds=2500)
    desk = at_desk(officer)
    for page in ("/silent/alarms", "/desk/"):
        shown = desk.get(page).content.decode()
        assert "Silent alarm: Test Caller, 1 Example Street" in " ".join(shown.split())
        # Her phone would hear it from his loudspeaker.
        assert "data-sounding" not in shown
    assert desk.get("/desk/state").json()["silent"]["alarm"]
    # What her own page reads says nothing of it.
    assert "alarm" not in _phone(story).get("/p/state").content.decode()
    room = at_desk(call_taker)
    for page in ("/silent/alarms", "/control-room/"):
        assert "Silent alarm:" not in room.get(page).content.decode()


def test_it_is_answered_by_a_press_or_with_a_reason(
    story: Story, at_desk: Sit, officer: Account
) -> None:
    story.live()
    desk = at_desk(officer)
    _phone(story).sends("/p/alarm", {"key": str(uuid.uuid4())})
    alarm = SilentAlarm.objects.get()
    refused = desk.presses(f"/silent/alarms/{alarm.pk}/put-aside", why="")
    assert refused.status_code == 422
    band = desk.presses(f"/silent/alarms/{alarm.pk}/confirm").content.decode()
    assert "Silent alarm:" not in band
    assert PhysicalRequest.objects.get().reason == silent.REASON
    _phone(story).sends("/p/alarm", {"key": str(uuid.uuid4())})
    newer = SilentAlarm.objects.get(settled_at=None)
    desk.presses(f"/silent/alarms/{newer.pk}/put-aside", why="A slip")
    newer.refresh_from_db()
    assert newer.why == "A slip"
    assert desk.post(f"/silent/alarms/{newer.pk}/put-aside", {"why": "x"}).status_code == 302


def test_the_supervisors_hear_it_when_it_was_not_answered(
    story: Story, at_desk: Sit, supervisor: Account
) -> None:
    story.live()
    _phone(story).sends("/p/alarm", {"key": str(uuid.uuid4())})
    board = at_desk(supervisor)
    assert "Silent alarm:" not in board.get("/supervisor/").content.decode()
    promises.fire_due(timezone.now() + timedelta(seconds=26))
    shown = board.get("/supervisor/").content.decode()
    assert "Silent alarm:" in shown
    assert 'data-sounding="alarm"' in shown


def test_it_comes_by_the_officers_browser_too_and_is_the_same_press(
    story: Story, at_desk: Sit, officer: Account, other_officer: Account
) -> None:
    story.live()
    key = {"key": str(uuid.uuid4())}
    where = f"/desk/calls/{story.call.pk}/alarm"
    assert at_desk(other_officer).sends(where, key).status_code == 404
    for answer in (at_desk(officer).sends(where, key), _phone(story).sends("/p/alarm", key)):
        assert answer.status_code == 200
    assert AlarmPress.objects.get().came_by == silent.BY_THE_OFFICERS_BROWSER


def test_a_press_that_was_held_back_is_taken_after_the_call(
    story: Story, at_desk: Sit, officer: Account
) -> None:
    story.live()
    calls.hang_up(story.call.pk, by=officer.actor, ended_by=EndedBy.OFFICER, now=timezone.now())
    phone = _phone(story)
    assert phone.get("/p/state").status_code == 404
    assert phone.sends("/p/alarm", {"key": str(uuid.uuid4()), "ago": 9000}).status_code == 200
    assert "Silent alarm:" in at_desk(officer).get("/silent/alarms").content.decode()


@pytest.mark.parametrize(
    "body", [{}, {"key": 7}, {"key": str(uuid.uuid4()), "ago": "long"}, {"ago": 1e300}, []]
)
def test_garbage_raises_nothing(story: Story, body: object) -> None:
    story.live()
    assert _phone(story).sends("/p/alarm", body).status_code == 400
    assert Client().post("/p/alarm", "{}", content_type="application/json").status_code == 404
    assert not SilentAlarm.objects.exists()


def test_she_is_asked_and_answers(story: Story, at_desk: Sit, officer: Account) -> None:
    story.checked_in()
    phone = _phone(story)
    asked = phone.get("/p/state").json()["hearing"]
    assert asked["answer"] == ""
    tapped = {"question": asked["question"], "answer": "near"}
    assert phone.sends("/p/hearing", tapped).status_code == 200
    assert phone.get("/p/state").json()["hearing"]["answer"] == "near"
    for wrong in (
        {"question": asked["question"], "answer": "perhaps"},
        {"question": True, "answer": "near"},
        {"question": 2**70, "answer": "near"},
        {"answer": "near"},
    ):
        assert phone.sends("/p/hearing", wrong).status_code == 400
    assert HearingAnswer.objects.count() == 1
    room = at_desk(story.call_taker)
    page = room.get(f"/control-room/reports/{story.case.reference}/").content.decode()
    assert "Somebody is near, but cannot hear" in page


def test_what_she_told_while_she_waited_stands_on_the_ring_card(
    story: Story, at_desk: Sit, officer: Account
) -> None:
    story.checked_in()
    waitings.go_on_duty(by=officer, now=timezone.now())
    waitings.ring_whoever_came_free(timezone.now())
    desk, phone = at_desk(officer), _phone(story)
    assert "Somebody may hear" not in desk.get("/desk/queue").content.decode()
    asked = phone.get("/p/state").json()["hearing"]
    phone.sends("/p/hearing", {"question": asked["question"], "answer": "heard"})
    row = desk.get("/desk/queue").content.decode()
    assert "Somebody may hear" in row
    assert "Silent alarm" not in row
    phone.sends("/p/alarm", {"key": str(uuid.uuid4())})
    assert "Silent alarm: do not speak of it" in desk.get("/desk/queue").content.decode()


def test_the_officer_asks_by_a_press(
    story: Story, at_desk: Sit, officer: Account, other_officer: Account
) -> None:
    story.live()
    where = f"/desk/calls/{story.call.pk}/hearing"
    assert at_desk(other_officer).sends(where, {}).status_code == 404
    desk = at_desk(officer)
    assert desk.sends(where, {}).status_code == 200
    phone = _phone(story)
    asked = phone.get("/p/state").json()["hearing"]
    phone.sends("/p/hearing", {"question": asked["question"], "answer": "heard"})
    assert phone.get("/p/state").json()["hearing"] is None
    case = desk.get(f"/desk/case?case={story.case.reference}").content.decode()
    assert "Somebody may hear" in case
    calls.hang_up(story.call.pk, by=officer.actor, ended_by=EndedBy.OFFICER, now=timezone.now())
    assert desk.sends(where, {}).status_code == 404
