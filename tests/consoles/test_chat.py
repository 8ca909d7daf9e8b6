"""The thread over HTTP: her phone, with and without a script, and the two desks."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from openrvr.config.templating import inlined
from openrvr.foundation.people.models import Account
from openrvr.journey.chat import queries
from openrvr.journey.chat.models import LONGEST, Line
from openrvr.journey.invitation import actions as invitations
from tests.consoles.conftest import Desk
from tests.story import Story

Seat = Callable[[Account], Desk]


@pytest.fixture
def story(call_taker: Account, officer: Account) -> Story:
    """In the present, since views look at the clock."""
    return Story(call_taker=call_taker, officer=officer, now=timezone.now()).checked_in()


@pytest.fixture
def phone(story: Story) -> Client:
    phone = Client()
    phone.cookies["p"] = story.device_secret
    return phone


def _posts(client: Client, path: str, **body: object) -> Any:
    return client.post(path, json.dumps(body), content_type="application/json")


def _says(phone: Client, words: str, key: object = None) -> Any:
    return _posts(phone, "/p/chat/say", words=words, key=str(key or uuid.uuid4()))


def test_she_writes_and_the_call_taker_answers(
    story: Story, phone: Client, call_taker: Account, at_desk: Seat
) -> None:
    room, thread = at_desk(call_taker), f"/control-room/reports/{story.case.reference}/chat/"
    assert room.get(thread).json() == {"lines": [], "read": 0, "seen": 0, "closed": ""}
    hers = _says(phone, "Are you there?")
    assert hers.status_code == 201
    [line] = room.get(thread).json()["lines"]
    assert (line["words"], line["side"], line["earlier"]) == ("Are you there?", "victim", False)
    _posts(room, f"{thread}shown", until=line["id"])
    theirs = _posts(room, f"{thread}say", words="I am here", key=str(uuid.uuid4()))
    assert (theirs.status_code, theirs.json()["who"]) == (201, call_taker.name)

    state = phone.get("/p/state").json()["chat"]
    assert state["unread"] == 1
    assert state["newest"]["words"] == "I am here"
    read = phone.get("/p/chat/", {"after": line["id"]}).json()
    assert [each["words"] for each in read["lines"]] == ["I am here"]
    assert read["read"] == line["id"]
    # By the role, never by name.
    assert call_taker.name.split()[-1] not in json.dumps(read)
    _posts(phone, "/p/chat/shown", until=theirs.json()["id"])
    assert phone.get("/p/state").json()["chat"] == {"unread": 0, "newest": None}
    assert room.get(thread).json()["read"] == theirs.json()["id"]


def test_the_room_is_told_how_much_of_each_report_nobody_has_read(
    story: Story, phone: Client, call_taker: Account, at_desk: Seat
) -> None:
    for words in ("One", "Two"):
        _says(phone, words)
    page = at_desk(call_taker).get("/control-room/room").content.decode()
    assert "2 new from the caller" in page


def test_the_officer_in_the_call_has_all_of_it_and_goes_on(
    story: Story, phone: Client, officer: Account, other_officer: Account, at_desk: Seat
) -> None:
    _says(phone, "Before the officer came")
    thread = f"/desk/cases/{story.case.reference}/chat/"
    key = str(uuid.uuid4())
    early = _posts(at_desk(officer), f"{thread}say", words="Hello", key=key)
    assert early.status_code == 409
    story.live_from_waiting()
    desk, colleague = at_desk(officer), at_desk(other_officer)
    seen = desk.get(thread).json()
    assert [line["words"] for line in seen["lines"]] == ["Before the officer came"]
    assert seen["closed"] == ""
    assert _posts(desk, f"{thread}say", words="Hello", key=key).status_code == 201
    # A colleague may look it up: that is neither an answer nor a receipt.
    assert colleague.get(thread).json()["closed"]
    assert _posts(colleague, f"{thread}say", words="Me too", key=key).status_code == 409
    _posts(colleague, f"{thread}shown", until=seen["lines"][0]["id"])
    assert phone.get("/p/chat/").json()["read"] == 0
    _posts(desk, f"{thread}shown", until=seen["lines"][0]["id"])
    assert phone.get("/p/chat/").json()["read"] == seen["lines"][0]["id"]


def test_a_strangers_phone_neither_reads_nor_writes(story: Story, phone: Client) -> None:
    _says(phone, "Mine")
    stranger = Client()
    stranger.cookies["p"] = "x" * 43
    assert stranger.get("/p/chat/").status_code == 404
    assert _says(stranger, "Me").status_code == 404
    assert "Mine" not in stranger.get("/p/write").content.decode()
    assert stranger.post("/p/write", {"words": "Me", "key": str(uuid.uuid4())}).status_code == 404
    assert Line.objects.count() == 1


def test_after_the_end_her_own_phone_is_a_strangers(story: Story, phone: Client) -> None:
    _says(phone, "Mine")
    invitations.end_by_her(story.invitation, now=story.now)
    assert phone.get("/p/chat/").status_code == 404
    assert _says(phone, "More").status_code == 404
    assert "Mine" not in phone.get("/p/write").content.decode()


def test_the_same_line_twice_over_http_stands_once(phone: Client) -> None:
    key = uuid.uuid4()
    answers = [_says(phone, "Once", key).json()["id"] for _ in range(2)]
    assert answers[0] == answers[1]
    assert Line.objects.count() == 1


def test_that_she_is_writing_has_a_measure(phone: Client) -> None:
    answers = [_posts(phone, "/p/chat/writing").status_code for _ in range(6)]
    assert answers[0] == 200
    assert answers[-1] == 429


@pytest.mark.parametrize("after", ["-1", "x", "9" * 30, "\uff11"])
def test_a_place_that_is_none_is_told_in_a_sentence(phone: Client, after: str) -> None:
    answer = phone.get("/p/chat/", {"after": after})
    assert answer.status_code == 400


@pytest.mark.parametrize("until", [None, -1, "x", 9e30, [], True])
def test_nonsense_is_not_shown(phone: Client, until: object) -> None:
    assert _posts(phone, "/p/chat/shown", until=until).status_code == 400


def test_the_page_without_a_script(story: Story, phone: Client, call_taker: Account) -> None:
    page = phone.get("/p/write").content.decode()
    # Where one runs, three presses of Shift work here too; nothing else needs it.
    assert inlined("plain.js") in page
    form = re.search(r'name="key" value="([\w-]+)"', page)
    assert form
    for _ in range(2):  # tapped twice
        sent = phone.post("/p/write", {"words": "No script\r\nhere", "key": form[1]})
        assert (sent.status_code, sent["Location"]) == (302, "/p/write")
    [line] = queries.of_case(story.case).lines
    assert line.words == "No script\nhere"
    again = phone.get("/p/write").content.decode()
    assert "No script\nhere" in again
    assert again.count("<li ") == 1
    assert "Sent" in again
    assert call_taker.name not in again


def test_on_the_page_without_a_script_nothing_typed_is_lost(phone: Client) -> None:
    long = "x" * (LONGEST + 1)
    answer = phone.post("/p/write", {"words": long, "key": str(uuid.uuid4())}).content.decode()
    assert long in answer
    assert 'role="alert"' in answer
    assert "two parts" in answer


def test_looking_at_the_page_without_a_script_reads_what_it_shows(
    story: Story, phone: Client, call_taker: Account, at_desk: Seat
) -> None:
    thread = f"/control-room/reports/{story.case.reference}/chat/"
    room = at_desk(call_taker)
    line = _posts(room, f"{thread}say", words="Are you safe?", key=str(uuid.uuid4())).json()
    assert room.get(thread).json()["read"] == 0
    assert "Are you safe?" in phone.get("/p/write").content.decode()
    assert room.get(thread).json()["read"] == line["id"]


def test_her_pages_give_nothing_away(phone: Client) -> None:
    page = phone.get("/p/write").content.decode().lower()
    for telling in ("police", "abuse", "openrvr", "victim", "domestic"):
        assert telling not in page
