from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import transaction

from openrvr.consoles.phone.queries import state_of
from openrvr.foundation.audit.models import AuditLine
from openrvr.foundation.cases.states import State
from openrvr.foundation.live.models import LiveEvent
from openrvr.foundation.people.models import Account
from openrvr.foundation.people.roles import THE_ROOM
from openrvr.foundation.promises import actions as promises
from openrvr.foundation.promises.actions import KeptByDeedsOnly, NobodyWouldAnswer
from openrvr.foundation.promises.models import Promise, Rung
from openrvr.journey.call import actions as calls
from openrvr.journey.call.models import EndedBy
from openrvr.journey.closing import actions as closing
from openrvr.journey.closing.actions import CannotClose
from openrvr.journey.escalation import actions as escalation
from openrvr.journey.escalation.models import PhysicalRequest
from openrvr.journey.intake.actions import CaseIsClosed
from openrvr.journey.invitation import actions as invitations
from openrvr.journey.silent import actions as silent
from openrvr.journey.silent.models import AlarmPress, HearingAnswer, HearingQuestion, SilentAlarm
from openrvr.journey.silent.queries import alarms_for, heard_on, question_for, silent_state
from openrvr.journey.waiting import actions as waitings
from tests.committed import commit
from tests.story import Story
from tests.together import together


def _raises(story: Story, *, key: uuid.UUID | None = None, seconds_ago: float = 0) -> SilentAlarm:
    return silent.raise_alarm(
        story.invitation,
        key=key or uuid.uuid4(),
        ago=timedelta(seconds=seconds_ago),
        came_by=silent.BY_HER_PAGE,
        now=story.now,
    )


def _owed(story: Story) -> Promise:
    return Promise.objects.get(case=story.case, kind="silent_alarm", state="open")


def test_in_the_call_the_officer_answers_for_it_and_nobody_elses_screen_shows_it(
    story: Story, call_taker: Account, supervisor: Account, other_officer: Account
) -> None:
    story.live()
    alarm = _raises(story)
    assert _owed(story).holder == story.officer
    assert [each.alarm for each in alarms_for(story.officer)] == [alarm]
    for elsewhere in (call_taker, supervisor, other_officer):
        assert not alarms_for(elsewhere)
    # What travels to every desk names the case, and nothing of what she did.
    told = LiveEvent.objects.filter(kind="alarm.changed")
    assert {frozenset(event.data) for event in told} == {frozenset({"reference"})}
    # Her own phone hears of nothing at all.
    assert not LiveEvent.objects.filter(
        stream__startswith="phone.", at__gte=alarm.received_at
    ).exclude(kind__in=("call.live", "call.near", "waiting.changed"))


def test_before_the_call_it_is_the_call_takers_and_goes_to_the_officer_who_answers(
    story: Story, call_taker: Account, officer: Account
) -> None:
    story.checked_in()
    alarm = _raises(story)
    assert [each.alarm for each in alarms_for(call_taker)] == [alarm]
    waitings.go_on_duty(by=officer, now=story.now)
    calls.answer(story.waiting.pk, by=officer, now=story.later(3))
    assert not alarms_for(call_taker)
    assert [each.alarm for each in alarms_for(officer)] == [alarm]
    assert silent_state(story.case.reference)["alarm"] == alarm.raised_at.isoformat()
    # The clock runs on: nobody gets new time by passing it on.
    assert _owed(story).due_at == alarm.received_at + timedelta(seconds=15)


def test_one_press_is_one_row_however_often_it_arrives(story: Story) -> None:
    story.live()
    key = uuid.uuid4()
    alarm = _raises(story, key=key)
    story.later(2)
    assert _raises(story, key=key) == alarm
    assert alarm.presses.count() == 1
    # Pressed again it is the same alarm, and stands in the log again.
    assert _raises(story) == alarm
    assert alarm.presses.count() == 2
    commit()
    lines = AuditLine.objects.filter(action__startswith="alarm.").order_by("at")
    assert [line.action for line in lines] == ["alarm.raised", "alarm.pressed_again"]
    assert lines[0].actor_kind == "victim"


def test_a_press_that_arrives_after_it_was_answered_is_no_new_alarm(story: Story) -> None:
    story.live()
    key = uuid.uuid4()
    alarm = _raises(story, key=key)
    silent.put_aside(alarm.pk, why="A slip", by=story.officer, now=story.later(5))
    assert _raises(story, key=key) == alarm
    assert SilentAlarm.objects.count() == 1
    assert _raises(story) != alarm


def test_of_two_ways_and_many_tries_at_once_one_alarm_comes(commits: None, story: Story) -> None:
    story.live()
    key = uuid.uuid4()
    results = together(
        lambda: _raises(story, key=key),
        lambda: _raises(story, key=key),
        lambda: _raises(story),
    )
    assert len({alarm.pk for alarm in results}) == 1, results
    assert AlarmPress.objects.count() == 2
    assert Promise.objects.filter(kind="silent_alarm").count() == 1


def test_it_says_when_she_pressed_and_when_it_came(story: Story) -> None:
    story.live()
    alarm = _raises(story, seconds_ago=40)
    assert alarm.raised_at == story.now - timedelta(seconds=40)
    assert alarm.received_at == story.now
    assert _raises(story, seconds_ago=-5).presses.latest("pk").pressed_at == story.now
    assert _raises(story, seconds_ago=1e6).presses.latest("pk").pressed_at == story.now - timedelta(
        hours=1
    )


def test_one_press_of_the_officer_asks_for_a_patrol(story: Story) -> None:
    story.live()
    alarm = _raises(story)
    for _ in range(2):
        silent.confirm(alarm.pk, by=story.officer, now=story.later(1))
    commit()
    alarm.refresh_from_db()
    assert (alarm.outcome, alarm.settled_by) == ("patrol", story.officer)
    assert PhysicalRequest.objects.get().reason == silent.REASON
    assert not alarms_for(story.officer)
    assert story.fresh().state == State.LIVE


def test_the_key_for_a_patrol_answers_it_too(story: Story) -> None:
    story.live()
    alarm = _raises(story)
    escalation.ask(story.case.pk, reason="Key word", by=story.officer.actor, now=story.now)
    alarm.refresh_from_db()
    assert (alarm.outcome, alarm.settled_by) == ("patrol", story.officer)


def test_a_patrol_that_is_asked_for_already_is_enough(story: Story) -> None:
    story.live()
    request = escalation.ask(story.case.pk, reason="", by=story.officer.actor, now=story.now)
    alarm = _raises(story)
    silent.confirm(alarm.pk, by=story.officer, now=story.now)
    alarm.refresh_from_db()
    assert alarm.outcome == "patrol"
    assert PhysicalRequest.objects.get() == request


def test_it_is_put_aside_with_a_reason_only(story: Story) -> None:
    story.live()
    alarm = _raises(story)
    with pytest.raises(silent.SayWhy):
        silent.put_aside(alarm.pk, why="  ", by=story.officer, now=story.now)
    silent.put_aside(alarm.pk, why="Her child held the phone", by=story.officer, now=story.now)
    commit()
    alarm.refresh_from_db()
    assert (alarm.outcome, alarm.why) == ("not_needed", "Her child held the phone")
    assert not PhysicalRequest.objects.exists()
    # The reason is in the row; the log says only what was done.
    line = AuditLine.objects.get(action="alarm.settled")
    assert line.details == {"outcome": "not_needed"}
    assert Promise.objects.get(kind="silent_alarm").state == "kept"


def test_confirmed_and_put_aside_at_once_it_is_one_of_the_two(commits: None, story: Story) -> None:
    story.live()
    alarm = _raises(story)
    together(
        lambda: silent.confirm(alarm.pk, by=story.officer, now=story.now),
        lambda: silent.put_aside(alarm.pk, why="A slip", by=story.call_taker, now=story.now),
    )
    alarm.refresh_from_db()
    assert alarm.outcome in ("patrol", "not_needed")
    assert PhysicalRequest.objects.count() == (alarm.outcome == "patrol")
    assert AuditLine.objects.filter(action="alarm.settled").count() == 1


def test_an_officer_who_does_not_look_is_overtaken(
    story: Story, supervisor: Account, call_taker: Account
) -> None:
    story.live()
    alarm = _raises(story)
    assert promises.fire_due(story.later(15)) == 1
    assert [each.alarm for each in alarms_for(story.officer)] == [alarm]
    assert not alarms_for(supervisor)
    promises.fire_due(story.later(10))
    assert [each.alarm for each in alarms_for(supervisor)] == [alarm]
    assert not PhysicalRequest.objects.exists()
    promises.fire_due(story.later(20))
    request = PhysicalRequest.objects.get()
    # The clock has asked; a person has still to say that they have it.
    alarm.refresh_from_db()
    assert alarm.settled_at is None
    escalation.acknowledge(request.pk, by=call_taker, now=story.later(1))
    alarm.refresh_from_db()
    assert (alarm.outcome, alarm.settled_by) == ("patrol", call_taker)
    assert promises.fire_due(story.later(3600)) >= 0
    fired = Rung.objects.filter(promise__kind="silent_alarm").exclude(fired_at=None)
    assert [rung.does for rung in fired] == ["holder", "supervisor", "physical"]


def test_nobody_can_say_that_it_was_answered(story: Story) -> None:
    story.live()
    _raises(story)
    with pytest.raises(KeptByDeedsOnly), transaction.atomic():
        promises.keep_mine(_owed(story).pk, by=story.officer, now=story.now)


def test_the_report_is_not_closed_over_it_and_never_hangs_on_it_alone(story: Story) -> None:
    story.live()
    request = escalation.ask(story.case.pk, reason="", by=story.officer.actor, now=story.now)
    escalation.acknowledge(request.pk, by=story.call_taker, now=story.now)
    alarm = _raises(story)
    calls.hang_up(story.call.pk, by=story.officer.actor, ended_by=EndedBy.OFFICER, now=story.now)
    with pytest.raises(CannotClose, match="silent alarm"), transaction.atomic():
        closing.close_with(story.case.pk, "patrol_attends", by=story.officer, now=story.later(60))
    Promise.objects.filter(case=story.case, kind="wrap_up").update(
        state="kept", settled_at=story.now
    )
    attend = Promise.objects.get(case=story.case, kind="attend", state="open")
    with pytest.raises(NobodyWouldAnswer), transaction.atomic():
        promises.keep_mine(attend.pk, by=story.call_taker, now=story.now)
    silent.put_aside(alarm.pk, why="The patrol is there", by=story.call_taker, now=story.now)
    commit()


def test_a_press_that_the_network_held_back_until_the_call_was_over_still_comes(
    story: Story,
) -> None:
    story.wrapped_up()
    lately = story.now - silent.LONGEST_AGO
    hers = invitations.lately_of_device(story.device_secret, since=lately)
    assert hers == story.invitation
    alarm = _raises(story, seconds_ago=20)
    assert [each.alarm for each in alarms_for(story.officer)] == [alarm]
    assert alarm.call is None
    for unknown in ("", "nobody's"):
        with pytest.raises(invitations.LinkUnusable):
            invitations.lately_of_device(unknown, since=lately)
    with pytest.raises(invitations.LinkUnusable):
        invitations.lately_of_device(story.device_secret, since=story.later(3601))


@pytest.mark.parametrize("taken_back", ["revoked", "sent again"])
def test_a_phone_that_the_link_was_taken_from_asks_for_nothing(
    story: Story, taken_back: str
) -> None:
    """It may be his, who would have alarms taken for false ones."""
    story.opened()
    his = story.device_secret
    if taken_back == "revoked":
        invitations.revoke(story.case.pk, by=story.call_taker, now=story.now)
    else:
        invitations.send(story.case.pk, by=story.call_taker, now=story.now, again=True)
    with pytest.raises(invitations.LinkUnusable):
        invitations.lately_of_device(his, since=story.now - silent.LONGEST_AGO)


@pytest.mark.parametrize("who", ["holder", "any key", "ladder", "asked before"])
def test_a_patrol_that_she_asked_for_without_a_sound_shows_on_her_phone_to_nobody(
    story: Story, who: str
) -> None:
    story.checked_in()
    if who == "asked before":
        escalation.ask(story.case.pk, reason="Noise", by=story.call_taker.actor, now=story.now)
    alarm = _raises(story)
    shown = state_of(story.invitation, story.now)
    if who == "holder":
        silent.confirm(alarm.pk, by=story.call_taker, now=story.later(3))
    elif who == "any key":
        escalation.ask(story.case.pk, reason="", by=story.call_taker.actor, now=story.later(3))
    elif who == "ladder":
        promises.fire_due(now=story.later(46))
    request = PhysicalRequest.objects.get()
    assert request.covert
    escalation.acknowledge(request.pk, by=story.call_taker, now=story.later(2))
    story.case.refresh_from_db()
    assert story.case.state == State.PHYSICAL
    # Nobody rings for her any more, and her page is what it was; she can ask for help again.
    assert not story.case.waitings.filter(left_at=None).exists()
    later = state_of(story.invitation, story.now)
    for part in ("step", "hearing", "chat", "on_phone", "call"):
        assert later[part] == shown[part], part
    for part in ("since", "promised_by"):
        assert later["waiting"][part] == shown["waiting"][part]
    assert not LiveEvent.objects.filter(kind="invitation.ended").exists()
    assert _raises(story) != alarm


def test_a_patrol_that_was_asked_for_aloud_ends_her_page(story: Story) -> None:
    story.checked_in()
    alarm = _raises(story)
    silent.put_aside(alarm.pk, why="A slip", by=story.call_taker, now=story.later(3))
    request = escalation.ask(
        story.case.pk, reason="He is back", by=story.call_taker.actor, now=story.now
    )
    assert not request.covert
    escalation.acknowledge(request.pk, by=story.call_taker, now=story.later(2))
    assert LiveEvent.objects.filter(kind="invitation.ended").exists()


def test_a_closed_report_takes_none(story: Story) -> None:
    story.wrapped_up()
    closing.close_with(story.case.pk, "non_crime", by=story.officer, now=story.now)
    with pytest.raises(CaseIsClosed), transaction.atomic():
        _raises(story)


def test_the_waiting_page_asks_at_the_start_and_the_last_tap_counts(story: Story) -> None:
    story.checked_in()
    asked = question_for(story.invitation, None)
    assert asked is not None
    assert asked["answer"] == ""
    for tap in ("alone", "alone", "heard"):
        silent.answer_hearing(story.invitation, asked["question"], tap, now=story.later(1))
    assert [each.answer for each in HearingAnswer.objects.order_by("pk")] == ["alone", "heard"]
    [heard] = heard_on(story.case)
    assert (heard.asked_by, heard.words) == (silent.THE_PAGE, "Somebody may hear")
    commit()
    # That she answered is in the log; what she said is not.
    lines = AuditLine.objects.filter(action="hearing.answered")
    assert [line.details for line in lines] == [{}, {}]
    told = LiveEvent.objects.filter(kind="hearing.changed")
    # An officer who is rung for her reads her row anew; what she said is in no news.
    assert {event.stream for event in told} == {f"desk.{desk}" for desk in THE_ROOM}
    assert {tuple(event.data) for event in told} == {("reference",)}


def test_the_officer_asks_and_she_answers_once(story: Story) -> None:
    story.live()
    question = silent.ask_hearing(story.call.pk, by=story.officer, now=story.now)
    assert silent.ask_hearing(story.call.pk, by=story.officer, now=story.later(1)) == question
    told = LiveEvent.objects.get(kind="hearing.asked")
    assert told.stream == f"phone.{story.invitation.pk}"
    assert question_for(story.invitation, story.call) == {"question": question.pk, "answer": ""}
    silent.answer_hearing(story.invitation, question.pk, "near", now=story.later(2))
    assert question_for(story.invitation, story.call) is None
    state = silent_state(story.case.reference)["hearing"]
    assert state["words"] == "Somebody is near, but cannot hear"
    assert state["answered"] == story.now.isoformat()
    # Once she has answered he may ask anew.
    assert silent.ask_hearing(story.call.pk, by=story.officer, now=story.now) != question
    assert heard_on(story.case)[0].words == "No answer yet"


def test_asked_twice_at_once_it_is_one_question(commits: None, story: Story) -> None:
    story.live()
    ask = lambda: silent.ask_hearing(story.call.pk, by=story.officer, now=story.now)  # noqa: E731
    together(ask, ask, ask)
    assert HearingQuestion.objects.filter(call=story.call).count() == 1


def test_an_answer_to_somebody_elses_question_or_with_other_words_is_none(
    story: Story, call_taker: Account, officer: Account
) -> None:
    story.checked_in()
    other = Story(call_taker=call_taker, officer=officer, now=story.now)
    other.checked_in()
    hers = story.invitation.hearing_questions.get()
    for invitation, answer in ((other.invitation, "alone"), (story.invitation, "perhaps")):
        with pytest.raises(silent.NoSuchAnswer), transaction.atomic():
            silent.answer_hearing(invitation, hers.pk, answer, now=story.now)
    assert not HearingAnswer.objects.exists()
