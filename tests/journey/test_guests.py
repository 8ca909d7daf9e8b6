"""Whoever is asked into a call: nobody comes in before she has said yes."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from openrvr.foundation.audit.models import AuditLine
from openrvr.foundation.live.models import LiveEvent, LiveSeat
from openrvr.foundation.live.streams import of_guest, of_person, of_phone
from openrvr.foundation.people.models import Account
from openrvr.foundation.policy.rules import GUEST_KINDS
from openrvr.journey.call import actions as calls
from openrvr.journey.call import queries
from openrvr.journey.call.guests import actions as guests
from openrvr.journey.call.guests.actions import (
    Asked,
    CallIsFull,
    NobodyListens,
    NoCall,
    NotLetIn,
    NotNamed,
    SheSaidNo,
)
from openrvr.journey.call.guests.queries import asked_of
from openrvr.journey.call.models import EndedBy, Guest, GuestKind
from openrvr.journey.invitation.tokens import new_device_secret
from tests.story import Story

INTERPRETER = Asked("interpreter", "Test Interpreter", "Example Language Service")


@pytest.fixture
def call(story: Story) -> Story:
    return story.live()


def _asked(story: Story, who: Asked = INTERPRETER) -> Guest:
    return guests.ask(story.call.pk, who, by=story.officer, now=story.now)


def _agreed(story: Story, who: Asked = INTERPRETER) -> Guest:
    found = _asked(story, who)
    guests.answer(story.invitation, found.pk, agrees=True, now=story.now)
    return Guest.objects.get(pk=found.pk)


def _token(found: Guest) -> str:
    return guests.link_of(found).rsplit("/", 1)[1]


def _opened(story: Story, who: Asked = INTERPRETER) -> tuple[Guest, str]:
    found, secret = _agreed(story, who), new_device_secret()
    return guests.open_link(_token(found), device_secret=secret, now=story.now), secret


def _joined(story: Story, who: Asked = INTERPRETER) -> Guest:
    found, _ = _opened(story, who)
    return guests.join(found, now=story.now)


def _told(stream: str, kind: str) -> list[dict[str, Any]]:
    events = LiveEvent.objects.filter(stream=stream, kind=kind).order_by("position")
    return list(events.values_list("data", flat=True))


def test_nobody_has_a_link_that_works_before_she_agrees(call: Story) -> None:
    found = _asked(call)
    with pytest.raises(NotLetIn):
        guests.usable(_token(found), now=call.now)
    with pytest.raises(NotLetIn):
        guests.open_link(_token(found), device_secret=new_device_secret(), now=call.now)
    with pytest.raises(NotLetIn):
        guests.join(found, now=call.now)


def test_the_database_lets_nobody_in_without_her(call: Story) -> None:
    found = _asked(call)
    with pytest.raises(IntegrityError), transaction.atomic():
        Guest.objects.filter(pk=found.pk).update(joined_at=call.now)


def test_she_reads_who_it_is(call: Story) -> None:
    _asked(call)
    asked = asked_of(call.call)
    assert asked is not None
    # Not the organisation: its name may say what the call is about, to whoever looks on.
    assert asked["name"] == "Test Interpreter"
    assert asked["kind"] == "interpreter"
    assert _told(of_phone(call.invitation.pk), "guest.asked") == [{"asked": asked}]


def test_whoever_she_does_not_want_does_not_come(call: Story) -> None:
    found = _asked(call)
    guests.answer(call.invitation, found.pk, agrees=False, now=call.now)
    # What she tapped first stands, whatever comes later.
    guests.answer(call.invitation, found.pk, agrees=True, now=call.now)
    found.refresh_from_db()
    assert (found.agreed_at, found.ended_because) == (None, guests.DECLINED)
    assert asked_of(call.call) is None
    with pytest.raises(NotLetIn):
        guests.usable(_token(found), now=call.now)


def test_whom_she_has_said_no_to_she_is_not_asked_for_again(call: Story) -> None:
    guests.answer(call.invitation, _asked(call).pk, agrees=False, now=call.now)
    with pytest.raises(SheSaidNo):
        _asked(call)


def test_she_may_take_her_yes_back(call: Story) -> None:
    found = _joined(call)
    guests.answer(call.invitation, found.pk, agrees=False, now=call.now)
    found.refresh_from_db()
    assert found.ended_because == guests.DECLINED
    with pytest.raises(SheSaidNo):
        _asked(call)
    assert LiveSeat.objects.get(stream=of_guest(found.pk)).left_at == call.now
    assert _told(of_guest(found.pk), "guest.over")


def test_whose_link_has_run_out_keeps_nobody_out(call: Story) -> None:
    _agreed(call)
    call.later(31 * 60)
    again = _asked(call)
    assert (again.number, again.agreed_at) == (2, None)


def test_a_link_that_was_real_is_told_apart_by_nothing_once_the_call_is_over(call: Story) -> None:
    found, secret = _agreed(call), new_device_secret()
    calls.hang_up(call.call.pk, by=call.officer.actor, ended_by=EndedBy.OFFICER, now=call.now)
    for token in (_token(found), "0" * 12):
        with pytest.raises(NotLetIn):
            guests.open_link(token, device_secret=secret, now=call.now)
    with pytest.raises(NotLetIn):
        guests.join(found, now=call.now)


def test_the_kinds_are_those_that_a_policy_knows() -> None:
    assert tuple(GuestKind.values) == GUEST_KINDS


def test_only_the_call_that_is_hers_can_be_answered_for(call: Story) -> None:
    found = _asked(call)
    with pytest.raises(Guest.DoesNotExist):
        guests.answer(call.invitation, uuid.uuid4(), agrees=True, now=call.now)
    Guest.objects.filter(pk=found.pk).update(ended_at=call.now)
    guests.answer(call.invitation, found.pk, agrees=True, now=call.now)
    assert not Guest.objects.exclude(agreed_at=None).exists()


def test_a_link_works_once_in_one_browser(call: Story) -> None:
    found, secret = _opened(call)
    with pytest.raises(NotLetIn):
        guests.open_link(_token(found), device_secret=new_device_secret(), now=call.now)
    with pytest.raises(NotLetIn):
        guests.usable(_token(found), now=call.now)
    # Sent again, since the answer to the first was lost: it is the same browser.
    assert guests.open_link(_token(found), device_secret=secret, now=call.now) == found
    assert guests.of_device(secret) == found
    with pytest.raises(NotLetIn):
        guests.of_device("")


def test_a_link_runs_out(call: Story) -> None:
    found = _agreed(call)
    with pytest.raises(NotLetIn):
        guests.open_link(
            _token(found), device_secret=new_device_secret(), now=call.now + timedelta(minutes=31)
        )


def test_everybody_is_told_who_comes_and_who_goes(call: Story) -> None:
    found = _joined(call)
    seat = LiveSeat.objects.get(stream=of_guest(found.pk))
    for stream in (of_person(call.officer.pk), of_phone(call.invitation.pk)):
        [told] = _told(stream, "call.joined")
        assert told["other"]["seat"] == str(seat.pk)
        # Whoever was there first makes the offers.
        assert told["other"]["offers"] is False
        is_hers = stream == of_phone(call.invitation.pk)
        assert told["other"]["name"] == (found.name if is_hers else found.shown_as)
    assert not _told(of_guest(found.pk), "call.joined")
    guests.leave(found, now=call.now)
    guests.leave(found, now=call.now)
    for stream in (of_person(call.officer.pk), of_phone(call.invitation.pk)):
        assert _told(stream, "call.left") == [{"call": str(call.call.pk), "seat": str(seat.pk)}]
    seat.refresh_from_db()
    assert seat.left_at == call.now


def test_each_page_has_whom_it_is_about_first(call: Story) -> None:
    found = _joined(call)
    found.refresh_from_db()
    call.call = type(call.call).objects.select_related("officer", "invitation").get()
    roles = {
        "guest": [each["role"] for each in queries.for_guest(found, call.now)["others"]],
        "phone": [each["role"] for each in queries.for_phone(call.call, call.now)["others"]],
        "desk": [
            each["role"]
            for each in queries.for_officer(call.call, call.officer, call.now)["others"]
        ],
    }
    assert roles == {
        "guest": ["victim", "officer"],
        "phone": ["officer", "guest"],
        "desk": ["victim", "guest"],
    }


def test_twice_in_is_once(call: Story) -> None:
    found = _joined(call)
    guests.join(found, now=call.now)
    assert LiveSeat.objects.filter(stream=of_guest(found.pk)).count() == 1
    assert len(_told(of_phone(call.invitation.pk), "call.joined")) == 1


def test_asked_for_twice_is_once(call: Story) -> None:
    assert _asked(call) == _asked(call)


def test_four_is_as_many_as_may_be(call: Story) -> None:
    _joined(call)
    second = _asked(call, Asked("advocate", "Test Advocate"))
    with pytest.raises(CallIsFull):
        _asked(call, Asked("specialist", "Test Specialist"))
    guests.end(second.pk, by=call.officer, now=call.now)
    assert _asked(call, Asked("specialist", "Test Specialist")).number == 3


def test_only_the_officer_in_the_call_asks_and_takes_out(
    call: Story, other_officer: Account
) -> None:
    with pytest.raises(NoCall):
        guests.ask(call.call.pk, INTERPRETER, by=other_officer, now=call.now)
    found = _joined(call)
    with pytest.raises(NoCall):
        guests.end(found.pk, by=other_officer, now=call.now)
    guests.end(found.pk, by=call.officer, now=call.now)
    found.refresh_from_db()
    assert found.ended_because == guests.TAKEN_OUT
    assert _told(of_guest(found.pk), "guest.over")
    with pytest.raises(NotLetIn):
        guests.join(found, now=call.now)


def test_nobody_comes_without_a_name(call: Story) -> None:
    with pytest.raises(NotNamed):
        _asked(call, Asked("advocate", "  "))


def test_nobody_listens_unseen_where_the_policy_does_not_allow_it(call: Story) -> None:
    with pytest.raises(NobodyListens):
        _asked(call, Asked("supervisor", "Test Supervisor", listens_only=True))


def test_with_the_call_it_is_over_for_everybody(call: Story) -> None:
    found = _joined(call)
    waiting = _asked(call, Asked("advocate", "Test Advocate"))
    calls.hang_up(call.call.pk, by=call.officer.actor, ended_by=EndedBy.OFFICER, now=call.later(60))
    for each in (found, waiting):
        each.refresh_from_db()
        assert (each.ended_at, each.ended_because) == (call.now, guests.CALL_OVER)
        assert _told(of_guest(each.pk), "guest.over")
    with pytest.raises(NoCall):
        _asked(call)


def test_each_step_is_in_the_access_log(call: Story) -> None:
    found = _joined(call)
    guests.leave(found, now=call.now)
    lines = AuditLine.objects.filter(action__startswith="guest.")
    # All at the same time here: the log's own order is that of the chain.
    assert set(lines.values_list("action", "actor_kind")) == {
        ("guest.asked", "account"),
        ("guest.agreed", "victim"),
        ("guest.opened", "guest"),
        ("guest.joined", "guest"),
        ("guest.ended", "guest"),
    }
