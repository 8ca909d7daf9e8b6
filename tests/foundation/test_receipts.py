"""GOV.UK Notify's callback, as it documents it: a POST with a bearer token."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from openrvr.foundation.messages.models import Message, MessageState, SafeContact
from tests.story import Story

TOKEN = "a token that the force chose"
REFERENCE = "740e5834-3a29-46b4-9a6f-16142fde533a"


@pytest.fixture
def message(story: Story, settings: Settings) -> Message:
    settings.NOTIFY_CALLBACK_TOKEN = TOKEN
    story.invited()
    message = Message.objects.get()
    message.provider_reference, message.state = REFERENCE, MessageState.ACCEPTED
    message.sent_under = SafeContact.objects.order_by("version").last()
    message.save()
    return message


def _receipt(status: str = "delivered", reference: str = REFERENCE) -> dict[str, str]:
    return {"id": reference, "status": status, "reference": "x", "to": "+447700900123"}


def _call(body: Any, token: str = TOKEN) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    # Notify has no cookie, and no token of a form.
    return Client(enforce_csrf_checks=True).post(
        "/hooks/notify/receipts",
        text,
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )


def test_a_delivery_is_noted_also_twice(message: Message) -> None:
    for _ in range(2):
        assert _call(_receipt()).status_code == 200
    message.refresh_from_db()
    assert message.state == MessageState.DELIVERED


@pytest.mark.parametrize("token", ["", "wrong", TOKEN + " ", "ä"])
def test_without_the_token_nothing_is_noted(message: Message, token: str) -> None:
    assert _call(_receipt(), token=token).status_code == 401
    message.refresh_from_db()
    assert message.state == MessageState.ACCEPTED


def test_where_no_token_is_chosen_nobody_is_let_in(message: Message, settings: Settings) -> None:
    settings.NOTIFY_CALLBACK_TOKEN = ""
    assert _call(_receipt(), token="").status_code == 401


def test_a_receipt_that_overtook_its_text_comes_again(message: Message) -> None:
    """Notify tries again when the answer is not a success."""
    assert _call(_receipt(reference="not-yet-committed")).status_code == 404


def test_a_status_that_changes_nothing_is_taken(message: Message) -> None:
    assert _call(_receipt("sending")).json() == {"noted": False}


@pytest.mark.parametrize("garbage", ["", "{", "[]", "7", '{"status": "delivered"}', '"x"', "null"])
def test_garbage_is_refused(message: Message, garbage: str) -> None:
    assert _call(garbage).status_code == 400
