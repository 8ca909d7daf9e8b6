"""Whoever is asked into a call: a link for one browser, and nothing for anybody else."""

from __future__ import annotations

import pytest
from django.test import Client

from openrvr.journey.call.guests import actions as guests
from openrvr.journey.call.models import Guest
from openrvr.journey.invitation.tokens import new_device_secret
from tests.story import Story


@pytest.fixture
def link(story: Story) -> str:
    story.live()
    found = guests.ask(
        story.call.pk,
        guests.Asked("interpreter", "Test Interpreter"),
        by=story.officer,
        now=story.now,
    )
    guests.answer(story.invitation, found.pk, agrees=True, now=story.now)
    return "/g/" + guests.link_of(found).rsplit("/", 1)[1]


@pytest.fixture(autouse=True)
def clock(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: story.now)


def test_looking_at_the_link_uses_nothing_up(client: Client, link: str) -> None:
    for _ in range(2):
        assert b"Test Interpreter" in client.get(link).content
    assert Guest.objects.get().opened_at is None


def test_the_button_brings_them_to_the_page(client: Client, link: str) -> None:
    answer = client.post(link, {"secret": new_device_secret()}, follow=True)
    assert answer.status_code == 200
    assert b"Before you come in" in answer.content
    assert client.get("/guest/state").json()["call"] is None
    joined = client.post("/guest/join").json()["call"]
    assert [other["role"] for other in joined["others"]] == ["victim", "officer"]
    assert client.get("/guest/state").json()["call"]["call"] == joined["call"]
    client.post("/guest/leave")
    assert client.get("/guest/state").status_code == 404
    assert client.get("/guest/").status_code == 404


def test_who_taps_the_link_again_goes_on(client: Client, link: str) -> None:
    client.post(link, {"secret": new_device_secret()})
    for answer in (client.get(link), client.post(link, {"secret": new_device_secret()})):
        assert answer.status_code == 302
        assert answer["Location"] == "/guest/"
    client.post("/guest/join")
    client.get("/g/0000000000AA")  # Another link, a wrong one, throws nobody out.
    assert client.get("/guest/state").json()["call"]


def test_nobody_else_finds_anything(client: Client, link: str) -> None:
    client.post(link, {"secret": new_device_secret()})
    other = Client()
    for answer in (
        other.get(link),
        other.post(link, {"secret": new_device_secret()}),
        other.get("/g/0000000000AA"),
        other.get("/guest/"),
    ):
        assert answer.status_code == 404
        assert b"There is nothing here" in answer.content
    for path in ("state", "join", "leave", "live-token"):
        ask = other.get if path == "state" else other.post
        assert ask(f"/guest/{path}").status_code == 404


def test_who_guesses_is_not_answered_any_more(
    client: Client, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openrvr.journey.invitation.actions.GUESSES_A_MINUTE", 3)
    for number in range(3):
        assert client.get(f"/g/00000000000{number}").status_code == 404
    assert client.get(link).status_code == 404
