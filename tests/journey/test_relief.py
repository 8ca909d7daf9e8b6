"""An officer takes a call over from another: she is never without one, and nothing is lost."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from openrvr.foundation.live.models import LiveEvent, LiveSeat
from openrvr.foundation.live.streams import of_person, of_phone
from openrvr.foundation.people.models import Account
from openrvr.foundation.people.roles import Role
from openrvr.journey.call import actions as calls
from openrvr.journey.call import queries
from openrvr.journey.call.models import Call, EndedBy, Relief
from openrvr.journey.call.relief import actions as relief
from openrvr.journey.call.relief.actions import (
    NotAsked,
    NotFree,
    NotYours,
    OnlySupervisors,
    SomebodyRelieves,
)
from openrvr.journey.call.relief.queries import could_take_over
from openrvr.journey.waiting import actions as waitings
from openrvr.journey.waiting.actions import AlreadyEngaged
from openrvr.journey.waiting.queries import duty_of
from tests.story import Story
from tests.together import together


@pytest.fixture
def call(story: Story, other_officer: Account) -> Story:
    story.live()
    waitings.go_on_duty(by=other_officer, now=story.now)
    return story


def _asked(story: Story, officer: Account) -> Relief:
    return relief.ask(story.call.pk, officer, by=story.officer, now=story.now)


def _accepted(story: Story, officer: Account) -> Call:
    return relief.accept(_asked(story, officer).pk, by=officer, now=story.now)


def _fresh(story: Story) -> Call:
    return Call.objects.select_related("officer", "invitation").get(pk=story.call.pk)


def _told(stream: str, kind: str) -> list[dict[str, Any]]:
    events = LiveEvent.objects.filter(stream=stream, kind=kind).order_by("position")
    return list(events.values_list("data", flat=True))


def _is_engaged(officer: Account) -> bool:
    duty = duty_of(officer)
    assert duty
    return duty.engaged


def test_until_it_is_done_both_are_in_the_call(call: Story, other_officer: Account) -> None:
    _accepted(call, other_officer)
    assert _fresh(call).officer == call.officer
    for officer in (call.officer, other_officer):
        assert queries.live_of_officer(officer) == call.call
        assert _is_engaged(officer)
    ticket = queries.for_officer(_fresh(call), other_officer, call.now)
    assert ticket["role"] == "relief"
    assert [other["role"] for other in ticket["others"]] == ["victim", "officer"]
    hers = queries.for_phone(_fresh(call), call.now)
    assert [other["role"] for other in hers["others"]] == ["officer", "relief"]
    [joined] = _told(of_phone(call.invitation.pk), "call.joined")
    assert joined["other"]["name"] == other_officer.shown_as


def test_what_the_first_answered_for_goes_with_it(call: Story, other_officer: Account) -> None:
    _accepted(call, other_officer)
    relief.finish(call.call.pk, by=other_officer, now=call.later(5))
    assert _fresh(call).officer == other_officer
    holders = set(call.case.promises.filter(state="open").values_list("holder", flat=True))
    assert holders == {other_officer.pk}
    assert not _is_engaged(call.officer)
    assert _is_engaged(other_officer)
    assert queries.live_of_officer(call.officer) is None
    assert LiveSeat.objects.get(stream=of_person(call.officer.pk)).left_at == call.now
    seat = LiveSeat.objects.get(stream=of_person(other_officer.pk))
    for stream in (of_phone(call.invitation.pk), of_person(call.officer.pk)):
        [told] = _told(stream, "call.relieved")
        assert told["seat"] == str(seat.pk)
    # Pressed, or sent, a second time it changes nothing.
    relief.finish(call.call.pk, by=other_officer, now=call.later(5))
    assert len(_told(of_phone(call.invitation.pk), "call.relieved")) == 1
    calls.hang_up(
        call.call.pk, by=other_officer.actor, ended_by=EndedBy.OFFICER, now=call.later(60)
    )
    assert not _is_engaged(other_officer)


def test_only_one_is_asked_at_a_time(
    call: Story, other_officer: Account, supervisor: Account
) -> None:
    assert _asked(call, other_officer) == _asked(call, other_officer)
    with pytest.raises(SomebodyRelieves):
        _asked(call, supervisor)


def test_only_who_is_free_can_be_asked(call: Story, other_officer: Account) -> None:
    waitings.go_off_duty(by=other_officer, now=call.now)
    with pytest.raises(NotFree):
        _asked(call, other_officer)
    with pytest.raises(NotFree):
        _asked(call, call.officer)
    with pytest.raises(NotYours):
        relief.ask(call.call.pk, call.officer, by=other_officer, now=call.now)


def test_who_was_not_asked_takes_nothing_over(
    call: Story, other_officer: Account, supervisor: Account
) -> None:
    found = _asked(call, other_officer)
    with pytest.raises(NotAsked):
        relief.accept(found.pk, by=supervisor, now=call.now)
    for by in (other_officer, supervisor):  # Not even who was, before he is in it.
        with pytest.raises(NotAsked):
            relief.finish(call.call.pk, by=by, now=call.now)


def test_who_answers_another_call_meanwhile_does_not_take_this_one(
    call: Story, other_officer: Account
) -> None:
    found = _asked(call, other_officer)
    waitings.engage(other_officer, now=call.now)
    with pytest.raises(AlreadyEngaged):
        relief.accept(found.pk, by=other_officer, now=call.now)
    assert Relief.objects.get().accepted_at is None


@pytest.mark.parametrize("who", ["first", "other"])
def test_either_may_think_better_of_it(call: Story, other_officer: Account, who: str) -> None:
    _accepted(call, other_officer)
    found = Relief.objects.get()
    by = call.officer if who == "first" else other_officer
    relief.take_back(found.pk, by=by, now=call.now)
    relief.take_back(found.pk, by=by, now=call.now)
    assert _fresh(call).officer == call.officer
    assert not _is_engaged(other_officer)
    assert queries.live_of_officer(other_officer) is None
    with pytest.raises(NotAsked):
        relief.finish(call.call.pk, by=other_officer, now=call.now)
    # And may be asked again.
    assert _accepted(call, other_officer).pk == call.call.pk


def test_with_the_call_it_is_over_for_both(call: Story, other_officer: Account) -> None:
    _accepted(call, other_officer)
    calls.hang_up(call.call.pk, by=call.officer.actor, ended_by=EndedBy.OFFICER, now=call.later(9))
    assert not _is_engaged(other_officer)
    assert _told(of_person(other_officer.pk), "call.ended")
    with pytest.raises(NotAsked):
        relief.accept(Relief.objects.get().pk, by=other_officer, now=call.now)


@pytest.fixture
def sergeant(supervisor: Account, call: Story) -> Account:
    """An officer, too, on duty and free."""
    supervisor.roles = [Role.SUPERVISOR, Role.OFFICER]
    supervisor.save(update_fields=["roles"])
    waitings.go_on_duty(by=supervisor, now=call.now)
    return supervisor


def test_a_supervisor_takes_a_call_over_unasked(call: Story, sergeant: Account) -> None:
    assert could_take_over(sergeant) == [call.call]
    taken = relief.take_over(call.call.pk, by=sergeant, now=call.now)
    # Pressed, or sent, twice is once.
    assert relief.take_over(call.call.pk, by=sergeant, now=call.now) == taken
    found = Relief.objects.get()
    assert (found.officer, found.relieved, found.unasked) == (sergeant, call.officer, True)
    assert _told(of_person(call.officer.pk), "relief.changed")
    # The officer does not keep it from the supervisor, who may think better of it.
    with pytest.raises(NotYours):
        relief.take_back(found.pk, by=call.officer, now=call.now)
    relief.finish(call.call.pk, by=sergeant, now=call.later(5))
    assert _fresh(call).officer == sergeant
    assert could_take_over(sergeant) == []
    assert relief.take_over(call.call.pk, by=sergeant, now=call.later(6)) == call.call


def test_nobody_else_takes_a_call_over_unasked(call: Story, other_officer: Account) -> None:
    assert could_take_over(other_officer) == []
    with pytest.raises(OnlySupervisors):
        relief.take_over(call.call.pk, by=other_officer, now=call.now)


def test_who_was_only_asked_makes_way_for_a_supervisor(
    call: Story, other_officer: Account, sergeant: Account
) -> None:
    asked = _asked(call, other_officer)
    relief.take_over(call.call.pk, by=sergeant, now=call.now)
    with pytest.raises(NotAsked):
        relief.accept(asked.pk, by=other_officer, now=call.now)


def test_who_is_in_it_already_does_not(
    call: Story, other_officer: Account, sergeant: Account
) -> None:
    _accepted(call, other_officer)
    with pytest.raises(SomebodyRelieves):
        relief.take_over(call.call.pk, by=sergeant, now=call.now)
    assert not _is_engaged(sergeant)


@pytest.mark.parametrize("how", ["both unasked", "one was asked"])
def test_of_two_who_take_over_at_once_one_does(
    commits: None, call: Story, other_officer: Account, sergeant: Account, how: str
) -> None:
    if how == "both unasked":
        other_officer.roles = [Role.SUPERVISOR, Role.OFFICER]
        other_officer.save(update_fields=["roles"])
        other = partial(relief.take_over, call.call.pk, by=other_officer, now=call.now)
    else:
        other = partial(
            relief.accept, _asked(call, other_officer).pk, by=other_officer, now=call.now
        )
    mine = partial(relief.take_over, call.call.pk, by=sergeant, now=call.now)
    results = together(mine, other)
    [refused] = [each for each in results if not isinstance(each, Call)]
    assert isinstance(refused, SomebodyRelieves | NotAsked)
    engaged = [officer for officer in (sergeant, other_officer) if _is_engaged(officer)]
    assert len(engaged) == 1
    assert Relief.objects.get(accepted_at__isnull=False).officer == engaged[0]
