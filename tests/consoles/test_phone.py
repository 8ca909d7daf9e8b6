"""The victim's pages over HTTP: what a stranger, a preview and a second phone get to see."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from openrvr.foundation.cases.states import State
from openrvr.foundation.people.models import Account
from openrvr.journey.call import actions as calls
from openrvr.journey.call.models import Call, EndedBy
from openrvr.journey.invitation import actions as invitations
from openrvr.journey.invitation.models import Invitation
from openrvr.journey.invitation.tokens import new_token
from openrvr.journey.waiting import actions as waitings
from openrvr.journey.waiting.models import Waiting
from tests.committed import commit
from tests.story import Story


@pytest.fixture
def story(call_taker: Account, officer: Account) -> Story:
    """In the present, since views look at the clock."""
    return Story(call_taker=call_taker, officer=officer, now=timezone.now())


def _post(client: Client, path: str, **body: object) -> object:
    return client.post(path, json.dumps(body), content_type="application/json")


def _opened(story: Story) -> Client:
    story.invited()
    phone = Client()
    assert phone.post(f"/s/{story.token()}").status_code == 200
    return phone


def test_a_preview_uses_nothing_up(story: Story) -> None:
    story.invited()
    for _ in range(3):
        page = Client().get(f"/s/{story.token()}")
        assert page.status_code == 200
    assert Client().head(f"/s/{story.token()}").status_code == 200
    assert Invitation.objects.get().opened_at is None


def test_the_tap_binds_the_phone_and_the_page_comes_back(story: Story) -> None:
    phone = _opened(story)
    assert phone.get("/p/").status_code == 200
    assert phone.get("/p/state").json()["step"] == "check_in"
    # The text's link again, on the same phone: back to where she was.
    assert phone.get(f"/s/{story.token()}")["Location"] == "/p/"
    # On another phone: nothing.
    assert Client().get(f"/s/{story.token()}").status_code == 404


def test_a_phone_whose_browser_was_killed_still_knows_itself(story: Story) -> None:
    """A cookie without an age dies with the browser, which a phone kills when it likes."""
    phone = _opened(story)
    for answer in (phone.get("/p/"), phone.get("/p/")):
        cookie = answer.cookies["p"]
        assert int(cookie["max-age"]) == 8 * 3600
        assert cookie["httponly"]
    assert "p" not in phone.get("/p/state").cookies


def test_what_her_phone_tells_of_itself(story: Story) -> None:
    phone = _opened(story)
    for body, status in (
        ({"hidden": False, "battery": 80, "charging": False}, 200),
        ({"hidden": True, "battery": None, "charging": False}, 200),
        ({"hidden": True}, 200),
        ({"battery": 101}, 400),
        ({"battery": True}, 400),
        ({"battery": 7.5}, 400),
        ({"hidden": "yes"}, 400),
    ):
        answer = phone.post("/p/here", json.dumps(body), content_type="application/json")
        assert answer.status_code == status, body
    stranger = Client().post("/p/here", "{}", content_type="application/json")
    assert stranger.status_code == 404


def test_she_is_told_where_she_stands(story: Story, officer: Account) -> None:
    phone = _opened(story)
    waiting = phone.post("/p/check-in", "{}", content_type="application/json").json()["waiting"]
    told = {name: waiting[name] for name in ("before", "ringing", "about", "longer", "nobody")}
    assert told == {"before": 0, "ringing": False, "about": None, "longer": False, "nobody": True}
    waitings.go_on_duty(by=officer, now=story.now)
    waitings.ring_whoever_came_free(timezone.now())
    waiting = phone.get("/p/state").json()["waiting"]
    assert (waiting["ringing"], waiting["nobody"]) == (True, False)


def test_a_time_that_is_longer_than_promised_is_not_kept_from_her(
    call_taker: Account, officer: Account
) -> None:
    before = Story(call_taker, officer, timezone.now() - timedelta(hours=4))
    waitings.go_on_duty(by=officer, now=before.now)
    for minutes in (20, 20, 20, 20, 20, None):
        before.checked_in()
        waitings.ring_whoever_came_free(before.now)
        call = calls.answer(before.waiting.pk, by=officer, now=before.later(10))
        if minutes:
            end = before.later(60 * minutes)
            calls.hang_up(call.pk, by=officer.actor, ended_by=EndedBy.OFFICER, now=end)
    Call.objects.filter(ended_at=None).update(started_at=timezone.now())
    phone = _opened(Story(call_taker, officer, timezone.now()))
    waiting = phone.post("/p/check-in", "{}", content_type="application/json").json()["waiting"]
    assert (waiting["about"], waiting["longer"]) == (25, True)
    Waiting.objects.filter(left_at=None).update(promised_by=timezone.now() + timedelta(hours=1))
    assert not phone.get("/p/state").json()["waiting"]["longer"]


def test_a_tap_whose_answer_was_lost_is_sent_again_and_is_still_hers(story: Story) -> None:
    story.invited()
    address = f"/s/{story.token()}"
    form = re.search(r'name="secret" value="([\w-]+)"', Client().get(address).content.decode())
    assert form
    answers = [Client().post(address, {"secret": form[1]}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].cookies["p"].value == answers[1].cookies["p"].value
    assert Client().post(address, {"secret": "a" * 43}).status_code == 404


@pytest.mark.parametrize("how", ["used", "expired", "revoked", "guessed", "garbage"])
def test_every_useless_link_shows_the_same_harmless_page(
    story: Story, call_taker: Account, how: str
) -> None:
    unknown = Client().get(f"/s/{new_token()}")
    story.invited()
    token = story.token()
    if how == "used":
        Client().post(f"/s/{token}")
    elif how == "expired":
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif how == "revoked":
        invitations.revoke(story.case.pk, by=call_taker, now=story.now)
    else:
        token = new_token() if how == "guessed" else "x" * 200
    for answer in (Client().get(f"/s/{token}"), Client().post(f"/s/{token}")):
        assert answer.status_code == unknown.status_code == 404
        assert answer.content == unknown.content
        assert not answer.cookies


def test_the_harmless_page_gives_nothing_away() -> None:
    page = Client().get("/p/over").content.decode().lower()
    for telling in ("police", "abuse", "openrvr", "victim", "domestic"):
        assert telling not in page


def test_without_the_cookie_nothing_is_told(story: Story) -> None:
    story.live()
    stranger = Client()
    assert stranger.get("/p/").status_code == 404
    assert stranger.get("/p/state").status_code == 404
    assert stranger.get("/p/chat/").status_code == stranger.get("/p/write").status_code == 404
    for path in (
        "live-token",
        "devices",
        "check-in",
        "seen",
        "chat/say",
        "chat/shown",
        "chat/writing",
    ):
        assert stranger.post(f"/p/{path}", "{}", content_type="application/json").status_code == 404


def test_the_way_of_a_phone(story: Story, officer: Account) -> None:
    waitings.go_on_duty(by=officer, now=story.now)
    phone = _opened(story)
    _post(phone, "/p/devices", camera=True, microphone=True)
    for _ in range(2):
        answer = phone.post("/p/check-in", "{}", content_type="application/json")
        assert answer.json()["step"] == "waiting"
    waiting = story.case.waitings.get()
    call = calls.answer(waiting.pk, by=officer, now=timezone.now())
    state = phone.get("/p/state").json()
    assert (state["step"], state["call"]["call"]) == ("call", str(call.pk))
    (him,) = state["call"]["others"]
    assert (state["call"]["role"], him["role"], him["offers"]) == ("victim", "officer", True)
    assert him["name"] == officer.shown_as
    # Loaded anew in the call, the page says so before any script has run.
    assert officer.shown_as in phone.get("/p/").content.decode()
    _post(phone, "/p/seen", call=str(call.pk))
    ended = phone.post("/p/leave", "{}", content_type="application/json")
    assert ended.status_code == 200
    assert ended.cookies["p"].value == ""
    commit()
    call.refresh_from_db()
    assert call.ended_by == EndedBy.VICTIM
    assert call.victim_sees_at
    assert story.fresh().state == State.WRAP_UP


def test_somebody_elses_call_is_not_hers(
    story: Story, call_taker: Account, officer: Account
) -> None:
    story.live()
    other = Story(call_taker=call_taker, officer=officer, now=timezone.now())
    phone = _opened(other)
    answer = phone.post(
        "/p/seen", json.dumps({"call": str(story.call.pk)}), content_type="application/json"
    )
    assert answer.status_code == 400
    story.call.refresh_from_db()
    assert story.call.victim_sees_at is None


@pytest.mark.parametrize("step", ["check_in", "waiting"])
def test_exit_ends_the_session_on_the_server(story: Story, step: str) -> None:
    phone = _opened(story)
    if step == "waiting":
        phone.post("/p/check-in", "{}", content_type="application/json")
    for _ in range(2):
        left = phone.post("/p/leave", "{}", content_type="application/json")
        assert left.status_code == 200
    commit()
    assert phone.get("/p/").status_code == 404
    case = story.fresh()
    assert case.state == State.INVITED
    assert case.promises.filter(kind="reach_page", state="open").exists()
    assert not case.waitings.filter(left_at=None).exists()


def test_nothing_is_cached_and_no_other_site_learns_the_address(story: Story) -> None:
    phone = _opened(story)
    for answer in (phone.get("/p/"), Client().get(f"/s/{new_token()}")):
        assert "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "same-origin"
        # No script from any address, not even our own: a browser keeps what it ran from one.
        assert re.search(r"script-src( 'sha256-[^\s;]+')+(;|$)", answer["Content-Security-Policy"])
        assert "unsafe" not in answer["Content-Security-Policy"]


@pytest.mark.parametrize("body", [b"[]", b"nonsense", b'{"camera": "yes"}', b"\xff"])
def test_garbage_gets_a_sentence(story: Story, body: bytes) -> None:
    phone = _opened(story)
    answer = phone.post("/p/devices", body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["error"]
