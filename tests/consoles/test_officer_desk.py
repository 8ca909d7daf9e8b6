"""The officer's desk, press by press."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from openrvr.foundation.audit.models import AuditLine
from openrvr.foundation.cases.states import State
from openrvr.foundation.people.models import Account
from openrvr.foundation.people.roles import Desk as Desks
from openrvr.foundation.promises import actions as promises
from openrvr.journey.call.models import Call
from openrvr.journey.escalation import actions as escalation
from openrvr.journey.escalation.models import PhysicalRequest
from openrvr.journey.waiting import actions as waitings
from openrvr.journey.waiting.models import Duty
from openrvr.journey.waiting.phones import actions as phones
from tests.consoles.conftest import Desk
from tests.story import Story

Sit = Callable[[Account], Desk]


@pytest.fixture
def here(story: Story) -> Story:
    """The story at this very moment: the pages read the real clock."""
    story.now = timezone.now()
    return story


@pytest.fixture
def desk(at_desk: Sit, officer: Account) -> Desk:
    return at_desk(officer)


def _state(desk: Desk, shown: str = "") -> dict[str, Any]:
    found: dict[str, Any] = desk.get("/desk/state", {"case": shown}).json()
    return found


def _answer(desk: Desk, here: Story) -> Any:
    return desk.sends(f"/desk/waiting/{here.waiting.pk}/answer", {})


def test_every_step_has_its_desk(desk: Desk, here: Story) -> None:
    empty = desk.get("/desk/").content.decode()
    assert "No case in hand" in empty
    assert "Go on duty" in empty
    here.live(caller_name="Sara Example", language="cy", children="Two, upstairs")
    page = desk.get("/desk/").content.decode()
    for words in ("Sara Example", "Welsh", "Two, upstairs", "“apples”", here.case.reference):
        assert words in page


def test_before_her_number_stand_the_rules_of_ringing_it(desk: Desk, here: Story) -> None:
    rules = {"safe_to_ring": "yes", "safe_hours": "any time", "leave_message": "no"}
    here.live(**rules, others_read="yes", safe_words="appointment")
    page = desk.get("/desk/").content.decode()
    before = page[: page.index("07700 900123")]
    for rule in (
        "May be rung any time.",
        "Do not leave a message.",
        "Somebody else reads this phone.",
        "I am ringing about an appointment.",
    ):
        assert rule in before


def test_the_desk_knows_what_is_the_matter_with_her_phone(desk: Desk, here: Story) -> None:
    here.live()
    phones.note(here.invitation, hidden=True, battery=7, charging=False, now=here.now)
    assert _state(desk)["phone"] == ["Her battery is low: 7%."]


def test_going_on_duty_and_off_it(desk: Desk, officer: Account) -> None:
    assert desk.sends("/desk/duty", {"on": True}).json()["on_duty"]
    assert desk.sends("/desk/duty", {"on": True}).json()["on_duty"]
    assert Duty.objects.filter(officer=officer, until=None).count() == 1
    assert not desk.sends("/desk/duty", {"on": False}).json()["on_duty"]


def test_the_ring_is_this_officers_and_answer_begins_the_call(desk: Desk, here: Story) -> None:
    desk.sends("/desk/duty", {"on": True})
    here.checked_in()
    assert _state(desk)["ring"]["reference"] == here.case.reference
    assert "You are rung" in desk.get("/desk/queue").content.decode()
    ticket = _answer(desk, here).json()
    assert ticket["reference"] == here.case.reference
    (her,) = ticket["others"]
    # He was seated first, so that he makes the offers.
    assert (ticket["role"], her["role"], her["offers"]) == ("officer", "victim", False)
    # Pressed twice it is the same call.
    assert _answer(desk, here).json()["call"] == ticket["call"]
    assert _state(desk)["call"]["call"] == ticket["call"]


def test_an_answer_is_cheap(
    desk: Desk, here: Story, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    """Two people look at an empty picture meanwhile; each statement is a millisecond or more."""
    desk.sends("/desk/duty", {"on": True})
    here.checked_in()
    with django_assert_max_num_queries(23):
        _answer(desk, here)


def test_nobody_there_to_answer(desk: Desk) -> None:
    assert desk.sends("/desk/waiting/4711/answer", {}).status_code == 404


def test_whoever_answers_second_is_told(
    desk: Desk, at_desk: Sit, other_officer: Account, here: Story
) -> None:
    desk.sends("/desk/duty", {"on": True})
    slower = at_desk(other_officer)
    slower.sends("/desk/duty", {"on": True})
    here.checked_in()
    _answer(desk, here)
    refused = _answer(slower, here)
    assert refused.status_code == 409
    assert refused.json()["error"].startswith("A colleague has answered")
    assert Call.objects.count() == 1


def test_only_the_officer_who_is_rung_passes_on(
    desk: Desk, at_desk: Sit, other_officer: Account, here: Story
) -> None:
    desk.sends("/desk/duty", {"on": True})
    here.checked_in()
    ring = _state(desk)["ring"]["ring"]
    assert at_desk(other_officer).sends(f"/desk/rings/{ring}/pass", {}).status_code == 404
    assert desk.sends(f"/desk/rings/{ring}/pass", {}).status_code == 200
    again = _state(desk)["ring"]
    assert again["ring"] != ring


def test_whom_the_officer_is_rung_for_stands_first(
    desk: Desk, at_desk: Sit, officer: Account, other_officer: Account, here: Story
) -> None:
    first = Story(here.call_taker, officer, here.now).checked_in(caller_name="First Example")
    here.checked_in(caller_name="Second Example", number="07700 900124")
    waitings.go_on_duty(by=other_officer, now=here.now)
    waitings.ring_whoever_came_free(here.now)
    waitings.go_on_duty(by=officer, now=here.now)
    waitings.ring_whoever_came_free(here.now)
    assert _state(desk)["ring"]["reference"] == here.case.reference
    rows = desk.get("/desk/queue").content.decode()
    assert rows.index("Second Example") < rows.index("First Example")
    theirs = at_desk(other_officer).get("/desk/queue").content.decode()
    assert theirs.index("First Example") < theirs.index("Second Example")
    assert first.case.reference != here.case.reference


def test_asked_for_a_patrol_it_says_who_has_it(
    desk: Desk, here: Story, call_taker: Account
) -> None:
    here.live()
    asked = desk.sends(f"/desk/cases/{here.case.reference}/physical", {}).json()["physical"]
    assert asked["acknowledged"] is None
    assert not asked["covert"]
    desk.sends(f"/desk/cases/{here.case.reference}/physical", {})
    request = PhysicalRequest.objects.get()
    escalation.acknowledge(request.pk, by=call_taker, now=timezone.now())
    known = _state(desk)["physical"]
    assert known["acknowledged"]
    assert known["by"] == call_taker.name


def test_the_forces_markers_have_a_key_each_and_wait_for_a_call(desk: Desk) -> None:
    page = desk.get("/desk/").content.decode()
    buttons = re.findall(r"<button[^>]* data-marker=[^>]*>", page)
    assert [re.findall(r'data-key="(\d)"', each)[0] for each in buttons] == ["1", "2", "3", "4"]
    assert all(" disabled" in each for each in buttons)


def test_a_live_calls_own_case_comes_before_the_one_that_is_shown(desk: Desk, here: Story) -> None:
    other = Story(here.call_taker, here.officer, here.now).graded(number="07700 900124")
    here.live()
    assert _state(desk, other.case.reference)["reference"] == here.case.reference


def test_the_wrap_up_saves_by_the_field_and_overwrites_nothing(desk: Desk, here: Story) -> None:
    here.wrapped_up()
    write = f"/desk/cases/{here.case.reference}/write"
    assert desk.sends(write, {"field": "notes", "was": "", "now": "One"}).status_code == 200
    stale = desk.sends(write, {"field": "notes", "was": "", "now": "Two"})
    assert stale.status_code == 409
    assert stale.json()["theirs"] == "One"
    assert desk.sends(write, {"field": "grade", "was": "", "now": "x"}).status_code >= 400


def test_closing_is_refused_in_a_sentence_until_all_is_there(desk: Desk, here: Story) -> None:
    here.wrapped_up()
    close = f"/desk/cases/{here.case.reference}/close"
    refused = desk.presses(close)
    assert refused.status_code == 409
    assert "Choose the outcome first" in refused.content.decode()
    desk.sends(
        f"/desk/cases/{here.case.reference}/write",
        {"field": "outcome", "was": "", "now": "crime_recorded"},
    )
    assert "Closed at" in desk.presses(close).content.decode()
    assert here.fresh().state == State.CLOSED


def test_a_promise_of_the_hub_is_taken_before_the_case_closes(
    desk: Desk, here: Story, officer: Account
) -> None:
    here.wrapped_up()
    promise = promises.open_promise(
        here.fresh(), "follow_up", holder=Desks.VIDEO_HUB, by=officer.actor, now=here.now
    )
    page = desk.get("/desk/case").content.decode()
    take = f"/desk/cases/{here.case.reference}/promises/{promise.pk}/take"
    assert take in page
    assert take not in desk.presses(take).content.decode()
    promise.refresh_from_db()
    assert promise.holder == officer


def test_a_follow_up_is_promised_by_name(desk: Desk, here: Story, call_taker: Account) -> None:
    here.wrapped_up()
    path = f"/desk/cases/{here.case.reference}/follow-up"
    page = desk.presses(path, kind="statement", holder=str(call_taker.pk)).content.decode()
    assert "Take a statement" in page
    assert here.case.promises.get(kind="follow_up").holder == call_taker
    assert desk.presses(path, kind="statement", holder="nobody").status_code == 400


def test_a_look_at_a_case_has_its_line(desk: Desk, here: Story, officer: Account) -> None:
    here.wrapped_up()
    lines = AuditLine.objects.filter(action="case.looked", case_reference=here.case.reference)
    assert not lines.exists()
    desk.get("/desk/case")
    assert lines.get().actor_id == str(officer.pk)


@pytest.mark.parametrize("path", ["/desk/", "/desk/state", "/desk/queue", "/desk/case"])
def test_the_desk_is_for_officers_alone(at_desk: Sit, call_taker: Account, path: str) -> None:
    assert at_desk(call_taker).get(path).status_code == 403
