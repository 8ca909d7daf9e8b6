"""Invariant 6: no message goes to a victim outside its safe-contact rules: number, hours, words."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from pytest_django import Settings

from openrvr.foundation.audit.models import AuditLine
from openrvr.foundation.messages import actions as messages
from openrvr.foundation.messages.actions import NotSafe, Said
from openrvr.foundation.messages.models import DemoText, Message, MessageState, SafeContact
from openrvr.foundation.messages.queries import before_ringing
from openrvr.foundation.people.actors import service
from openrvr.foundation.people.models import Account
from openrvr.journey.intake import actions as intake
from openrvr.journey.intake.models import Report
from openrvr.journey.invitation import actions as invitations
from tests.foundation.notify_stand_in import KEY, StandIn, notify_stand_in
from tests.story import Story

NUMBER = "07700 900123"


@pytest.fixture
def stand_in(settings: Settings) -> Iterator[StandIn]:
    with notify_stand_in() as server:
        settings.TEXT_PROVIDER = "notify"
        settings.NOTIFY_API_KEY = KEY
        settings.NOTIFY_TEMPLATE_ID = "template"
        settings.NOTIFY_BASE_URL = server.url
        yield server


def _write(story: Story, field: str, value: str) -> str:
    was = getattr(Report.objects.get(case=story.case), field)
    return intake.write_field(
        story.case.pk, field, was=was, value=value, by=story.call_taker, now=story.now
    )


def _deliver(story: Story) -> Message:
    message = Message.objects.get()
    messages.deliver(message.pk, story.now)
    message.refresh_from_db()
    return message


def _in_force(story: Story) -> SafeContact:
    return story.case.safe_contacts.latest("version")


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("safe_to_text", "no", "not safe to text"),
        ("safe_to_text", "unknown", "not safe to text"),
        ("number", "", "no safe number"),
        ("number", "07700 900124", "another one now"),
        ("number", "12", "no safe number"),
        ("number", "020 7946 0958", "cannot receive texts"),
        ("safe_hours", "14-16", "safe 14:00-16:00 only. Next: 14:00."),
        ("safe_hours", "Sat 10-12", "safe Sat 10:00-12:00 only. Next: Sat 28 Nov, 10:00."),
        ("safe_hours", "9-5", "not clear"),
        ("safe_words", "gone from the policy", "no longer in the policy"),
    ],
)
def test_a_change_reaches_a_text_that_is_queued(
    story: Story, field: str, value: str, sentence: str
) -> None:
    """Monday noon: it was allowed when it was queued, and is not when it would be handed over."""
    story.invited()
    _write(story, field, value)
    message = _deliver(story)
    assert message.state == MessageState.CANCELLED
    assert sentence in message.trouble
    assert not DemoText.objects.exists()
    assert "/s/" not in message.words
    assert message.link == ""
    # Somebody answers for her all the same: the call-taker, until she is on the page.
    assert story.case.promises.filter(kind="reach_page", state="open").exists()


@pytest.mark.parametrize("hours", ["any time", "Mon-Fri 9-15", "before 3pm", "", "22:00-12:01"])
def test_within_her_hours_it_is_sent(story: Story, hours: str) -> None:
    story.invited(safe_hours=hours)
    message = _deliver(story)
    assert message.state == MessageState.DELIVERED
    assert message.sent_under == _in_force(story)


def test_outside_her_hours_nothing_is_queued(story: Story, call_taker: Account) -> None:
    story.accepted(safe_hours="14-16")
    with pytest.raises(NotSafe, match="14:00-16:00 only"):
        invitations.send(story.case.pk, by=call_taker, now=story.now)
    assert not Message.objects.exists()


def test_a_text_has_the_words_that_she_chose_last(story: Story) -> None:
    story.invited()
    token = story.token()
    _write(story, "safe_words", "appointment")
    message = _deliver(story)
    assert DemoText.objects.get().words.startswith("About your appointment: http")
    assert DemoText.objects.get().words.endswith(token)
    assert message.words == "About your appointment: (link)"


def test_a_retry_obeys_the_hours_at_the_time_of_the_retry(story: Story, stand_in: StandIn) -> None:
    stand_in.answers = [503]
    story.invited(safe_hours="9-12:01")
    assert _deliver(story).state == MessageState.SENDING
    story.later(60)
    message = _deliver(story)
    assert message.state == MessageState.CANCELLED
    assert "09:00-12:01 only" in message.trouble
    assert not stand_in.texts


def test_a_text_that_had_come_through_before_the_change_is_not_called_unsent(
    story: Story, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answer was lost, then she said that texts are not safe: that it was sent stays true."""
    monkeypatch.setattr("openrvr.foundation.messages.providers.notify.SECONDS", 0.3)
    stand_in.answers = [None]
    story.invited()
    assert _deliver(story).state == MessageState.SENDING
    under = Message.objects.get().sent_under
    _write(story, "safe_to_text", "no")
    message = _deliver(story)
    assert message.state == MessageState.ACCEPTED
    assert message.sent_under == under
    assert len(stand_in.texts) == 1


def test_what_cannot_be_found_out_any_more_is_said_to_be_unknown(
    story: Story, stand_in: StandIn, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openrvr.foundation.messages.providers.notify.SECONDS", 0.3)
    stand_in.answers = [None]
    story.invited()
    _deliver(story)
    _write(story, "safe_to_text", "no")
    settings.NOTIFY_BASE_URL = "http://127.0.0.1:9"
    message = _deliver(story)
    assert message.state == MessageState.TECHNICAL_FAILURE
    assert "not safe to text her. Whether it had been sent before is not known." in message.trouble


def test_a_text_keeps_the_version_under_which_it_had_come_through(
    story: Story, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openrvr.foundation.messages.providers.notify.SECONDS", 0.3)
    stand_in.answers = [None]
    story.invited()
    under = _deliver(story).sent_under
    _write(story, "others_read", "yes")  # a new version, which forbids nothing
    assert _deliver(story).sent_under == under != _in_force(story)


def test_on_the_night_the_clocks_go_back_her_clock_decides(story: Story) -> None:
    story.now = datetime(2026, 10, 24, 12, tzinfo=UTC)
    story.accepted(safe_hours="01:30-02:00")
    sent = []
    # Her clock shows 01:45 twice, an hour apart, and 01:15 in between.
    for at in ("00:45", "01:15", "01:45", "02:00"):
        hour, minute = map(int, at.split(":"))
        now = datetime(2026, 10, 25, hour, minute, tzinfo=UTC)
        try:
            messages.send_link(
                story.case, "http://x/s/Y", language="en", by=service("test"), now=now
            )
        except NotSafe:
            continue
        sent.append(at)
    assert sent == ["00:45", "01:45"]


def test_a_change_that_is_being_made_is_waited_for(
    commits: None, story: Story, owner_url: str
) -> None:
    """The race of a text with a change of the rules: whichever comes first is obeyed."""
    story.invited()
    message = Message.objects.get()
    done: list[object] = []

    def deliver() -> None:
        try:
            messages.deliver(message.pk, story.now)
            done.append("done")
        except Exception as error:  # noqa: BLE001 - handed to the test
            done.append(error)
        finally:
            connection.close()

    worker = threading.Thread(target=deliver)
    with transaction.atomic():
        _write(story, "safe_to_text", "no")
        worker.start()
        _until_blocked()
        assert not done
    worker.join(10)
    assert done == ["done"]
    message.refresh_from_db()
    assert message.state == MessageState.CANCELLED
    assert not DemoText.objects.exists()


def _until_blocked() -> None:
    """Until somebody waits for a lock that this transaction holds."""
    with connection.cursor() as cursor:
        for _ in range(20_000):
            cursor.execute(
                "SELECT count(*) FROM pg_locks l WHERE NOT l.granted"
                " AND pg_backend_pid() = ANY(pg_blocking_pids(l.pid))"
            )
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waits for the change")


@pytest.mark.parametrize(
    "told",
    [
        {"state": "sending"},
        {"state": "accepted"},
        {"state": "delivered"},
        {"state": "sending", "number": "+447700900124"},
    ],
)
def test_the_database_lets_nothing_go_round_the_rules(story: Story, told: dict[str, str]) -> None:
    story.invited()
    with pytest.raises(DatabaseError), transaction.atomic():
        Message.objects.update(**told)
    older = _in_force(story)
    with pytest.raises(DatabaseError), transaction.atomic():
        Message.objects.update(**{**told, "number": "+447700900199"}, sent_under=older)
    _write(story, "others_read", "yes")
    with pytest.raises(DatabaseError, match="rules in force"), transaction.atomic():
        Message.objects.update(state="sending", sent_under=older, attempts=1)
    _write(story, "safe_to_text", "no")
    with pytest.raises(DatabaseError, match="rules in force"), transaction.atomic():
        Message.objects.update(state="sending", sent_under=_in_force(story), attempts=1)


def test_a_change_is_recorded_without_what_was_said(story: Story) -> None:
    story.reported()
    _write(story, "safe_hours", "9-15")
    line = AuditLine.objects.filter(action="contact.set").order_by("at").last()
    assert line
    assert line.case_reference == story.case.reference
    assert "09:00" not in str(line.details)


NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "now", "sentences"),
    [
        (
            Said(may_ring="yes", hours="9-15", may_leave_message="no", others_read="yes"),
            NOON,
            [
                ("May be rung 09:00-15:00.", ""),
                ("Do not leave a message.", ""),
                ("Somebody else reads this phone.", "risk"),
            ],
        ),
        (
            Said(may_ring="yes", hours="9-15", may_leave_message="yes", others_read="no"),
            NOON + timedelta(hours=4),
            [
                ("May be rung 09:00-15:00. Not now: next at Tue 24 Nov, 09:00.", "danger"),
                ("A message may be left.", ""),
                ("Nobody else reads this phone.", ""),
            ],
        ),
        (
            Said(may_ring="no", hours="any time", wording="appointment"),
            NOON,
            [
                ("Do not ring.", "danger"),
                ("Leave no message: it was not asked.", ""),
                ("Not asked who else reads this phone.", "risk"),
                ("If somebody else answers: “I am ringing about an appointment.”", ""),
            ],
        ),
        (Said(may_ring="yes", hours="any time"), NOON, [("May be rung any time.", "")]),
        (
            Said(may_ring="yes", hours="9-5"),
            NOON,
            [("The safe hours are not clear: ask before you ring.", "danger")],
        ),
        (Said(may_ring="yes"), NOON, [("May be rung. The hours were not asked.", "")]),
        (
            Said(hours="9-15"),
            NOON,
            [("Not asked whether it may be rung. Safe hours: 09:00-15:00.", "risk")],
        ),
        (Said(), NOON, [("Not asked whether it may be rung. The hours were not asked.", "risk")]),
    ],
)
def test_what_is_read_before_her_number(
    story: Story, said: Said, now: datetime, sentences: list[tuple[str, str]]
) -> None:
    story.reported()
    messages.set_safe_contact(story.case, said, by=service("test"), now=now)
    rules = before_ringing(_in_force(story), now).rules
    assert [(each.words, each.tone) for each in rules][: len(sentences)] == sentences
