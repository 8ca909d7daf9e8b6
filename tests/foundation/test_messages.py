from __future__ import annotations

from collections.abc import Iterator

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from openrvr.foundation.messages import actions as messages
from openrvr.foundation.messages.checks import texts_can_be_sent
from openrvr.foundation.messages.models import DemoText, Message, MessageState
from openrvr.foundation.messages.phone_numbers import (
    NotAPhoneNumber,
    can_get_texts,
    in_e164,
    readable,
)
from openrvr.foundation.messages.ports import Receipt
from openrvr.foundation.messages.providers import notify
from tests.foundation.notify_stand_in import KEY, StandIn, notify_stand_in
from tests.story import Story


@pytest.fixture
def stand_in(settings: Settings) -> Iterator[StandIn]:
    with notify_stand_in() as server:
        settings.TEXT_PROVIDER = "notify"
        settings.NOTIFY_API_KEY = KEY
        settings.NOTIFY_TEMPLATE_ID = "template"
        settings.NOTIFY_BASE_URL = server.url
        yield server


def _deliver(story: Story) -> Message:
    message = Message.objects.get()
    messages.deliver(message.pk, story.now)
    message.refresh_from_db()
    return message


def test_the_demo_phone_gets_the_words(story: Story) -> None:
    story.invited()
    token = story.token()
    assert _deliver(story).state == MessageState.DELIVERED
    assert DemoText.objects.get().words.endswith(f"/s/{token}")


def test_notify_accepts_then_tells_of_the_delivery(story: Story, stand_in: StandIn) -> None:
    story.invited()
    message = _deliver(story)
    assert message.state == MessageState.ACCEPTED
    sent = stand_in.texts[0]
    assert sent["phone_number"] == "+447700900123"
    assert sent["personalisation"]["words"].startswith("Your link as agreed: http")
    body = {"id": sent["id"], "status": "delivered"}
    found = notify.receipt(body)
    assert found
    assert messages.note_receipt(found, now=story.later(3))
    message.refresh_from_db()
    assert message.state == MessageState.DELIVERED


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("permanent-failure", MessageState.PERMANENT_FAILURE),
        ("temporary-failure", MessageState.TEMPORARY_FAILURE),
        ("technical-failure", MessageState.TECHNICAL_FAILURE),
    ],
)
def test_its_failures_are_told_apart(
    story: Story, stand_in: StandIn, status: str, state: MessageState
) -> None:
    story.invited()
    message = _deliver(story)
    found = notify.receipt({"id": message.provider_reference, "status": status})
    assert found
    messages.note_receipt(found, now=story.now)
    message.refresh_from_db()
    assert message.state == state
    assert message.has_failed


@pytest.mark.parametrize("status", [400, 403])
def test_a_refusal_is_final_and_says_why(story: Story, stand_in: StandIn, status: int) -> None:
    stand_in.answers = [status]
    story.invited()
    message = _deliver(story)
    assert message.state == MessageState.PERMANENT_FAILURE
    assert "Not a mobile number" in message.trouble
    assert "/s/" not in message.words


@pytest.mark.parametrize(
    ("status", "words"), [(429, "rate limit"), (500, "status 500"), (503, "503")]
)
def test_trouble_is_tried_again(story: Story, stand_in: StandIn, status: int, words: str) -> None:
    stand_in.answers = [status]
    story.invited()
    before = ProcrastinateJob.objects.count()
    message = _deliver(story)
    assert message.state == MessageState.SENDING
    assert words in message.trouble
    assert "Next try in 1 s" in message.trouble
    assert ProcrastinateJob.objects.count() == before + 1
    assert _deliver(story).state == MessageState.ACCEPTED


def test_trouble_without_end_becomes_a_visible_failure(story: Story, stand_in: StandIn) -> None:
    stand_in.answers = [503] * 10
    story.invited()
    states = [_deliver(story).state for _ in range(7)]
    assert states == [MessageState.SENDING] * 6 + [MessageState.TECHNICAL_FAILURE]
    assert stand_in.requests == 7
    message = _deliver(story)
    assert message.attempts == 7
    assert "/s/" not in message.words


def test_a_time_out_does_not_send_twice(
    story: Story, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer was lost, not the text: Notify is asked before it is given a second one."""
    monkeypatch.setattr(notify, "SECONDS", 0.3)
    stand_in.answers = [None]
    story.invited()
    message = _deliver(story)
    assert message.state == MessageState.SENDING
    assert "did not answer" in message.trouble
    message = _deliver(story)
    assert message.state == MessageState.ACCEPTED
    assert len(stand_in.texts) == 1
    assert message.provider_reference == stand_in.texts[0]["id"]


@pytest.mark.parametrize(
    ("provider", "sentence"), [("notify", "not set up here"), ("pigeon", "no text provider")]
)
def test_without_a_provider_the_failure_is_final_and_shown(
    story: Story, settings: Settings, provider: str, sentence: str
) -> None:
    settings.TEXT_PROVIDER = provider
    story.invited()
    message = _deliver(story)
    assert message.state == MessageState.PERMANENT_FAILURE
    assert sentence in message.trouble
    assert texts_can_be_sent()


def test_delivering_twice_sends_once(story: Story, stand_in: StandIn) -> None:
    story.invited()
    _deliver(story)
    _deliver(story)
    assert stand_in.requests == 1


def test_receipts_come_late_twice_and_in_any_order(story: Story, stand_in: StandIn) -> None:
    story.invited()
    reference = _deliver(story).provider_reference
    for state in (
        MessageState.TEMPORARY_FAILURE,
        MessageState.DELIVERED,
        MessageState.DELIVERED,
        MessageState.TECHNICAL_FAILURE,
    ):
        assert messages.note_receipt(Receipt(reference, state), now=story.now)
    assert Message.objects.get().state == MessageState.DELIVERED
    unknown = Receipt("no such", MessageState.DELIVERED)
    assert not messages.note_receipt(unknown, now=story.now)


@pytest.mark.parametrize("body", [{}, {"id": "1"}, {"status": "delivered"}])
def test_a_callback_that_is_not_notifys(body: dict[str, str]) -> None:
    with pytest.raises(KeyError):
        notify.receipt({"status": "delivered", **body} if "id" not in body else body)


@pytest.mark.parametrize(
    ("typed", "kept", "shown"),
    [
        ("07700 900123", "+447700900123", "07700 900123"),
        ("+44 7700 900123", "+447700900123", "07700 900123"),
        ("(07400) 123456", "+447400123456", "07400 123456"),
        ("+33 6 12 34 56 78", "+33612345678", "+33 6 12 34 56 78"),
    ],
)
def test_numbers_are_kept_in_one_form(typed: str, kept: str, shown: str) -> None:
    assert in_e164(typed, region="GB") == kept
    assert readable(kept) == shown
    assert can_get_texts(kept)


@pytest.mark.parametrize("typed", ["", "x", "999", "07700 9001", "+44", "12345678901234567890"])
def test_what_is_no_number_is_refused_in_words(typed: str) -> None:
    with pytest.raises(NotAPhoneNumber, match="is not a telephone number"):
        in_e164(typed, region="GB")


def test_a_landline_gets_no_text() -> None:
    assert not can_get_texts("+442079460958")
