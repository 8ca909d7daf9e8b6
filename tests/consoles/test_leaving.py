"""Exit this page, over HTTP: with a script and without one, and by nobody but her."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from psycopg import OperationalError as DatabaseGone

from openrvr.foundation.cases.states import State
from openrvr.foundation.people.models import Account
from openrvr.foundation.policy.queries import policy
from openrvr.journey.call import actions as calls
from openrvr.journey.invitation import actions as invitations
from openrvr.journey.invitation.models import Invitation, OpeningAttempts
from openrvr.journey.invitation.tokens import new_token
from openrvr.journey.waiting import actions as waitings
from tests.committed import commit
from tests.consoles.conftest import Desk
from tests.story import Story

# What messaging apps that look at a link say of themselves.
BOTS = (
    "WhatsApp/2.23.20.0",
    "facebookexternalhit/1.1 Facebot Twitterbot/1.0",
    "TelegramBot (like TwitterBot)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "SkypeUriPreview Preview/0.5",
    "Google-PageRenderer Google (+https://developers.google.com/+/web/snippet/)",
    "Mozilla/5.0 (compatible; Signal-Preview)",
)
AHEAD = (
    {"Sec-Purpose": "prefetch"},
    {"Sec-Purpose": "prefetch;prerender"},
    {"Sec-Purpose": "prefetch;anonymous-client-ip"},
    {"Purpose": "prefetch"},
    {"X-Moz": "prefetch"},
    {"X-Purpose": "preview"},
)


@pytest.fixture
def story(call_taker: Account, officer: Account) -> Story:
    """In the present, since views look at the clock."""
    return Story(call_taker=call_taker, officer=officer, now=timezone.now())


def _opened(story: Story, *, csrf: bool = False) -> Client:
    story.invited()
    phone = Client(enforce_csrf_checks=csrf)
    address = f"/s/{story.token()}"
    form = re.search(
        r'name="csrfmiddlewaretoken" value="(\w+)"', phone.get(address).content.decode()
    )
    assert form
    answer = phone.post(address, {"csrfmiddlewaretoken": form[1]})
    assert answer.status_code == 200
    return phone


def _is_free(phone: Client) -> None:
    """Nothing of ours is left on the phone, and the server knows nobody by it."""
    assert not phone.cookies["p"].value
    assert phone.get("/p/").status_code == 404


@pytest.mark.parametrize("step", ["check_in", "waiting", "call"])
def test_without_a_script_the_button_ends_it_and_leads_away(
    story: Story, officer: Account, step: str
) -> None:
    phone = _opened(story, csrf=True)
    if step != "check_in":
        waitings.check_in(Invitation.objects.get(), now=timezone.now())
    if step == "call":
        waitings.go_on_duty(by=officer, now=timezone.now())
        calls.answer(story.case.waitings.get().pk, by=officer, now=timezone.now())
    # However long the page was open: no token is asked for.
    left = phone.post("/p/leave")
    assert left.status_code == 303
    assert left["Location"] == policy().exit_address
    assert left["Referrer-Policy"] == "no-referrer"
    assert "no-store" in left["Cache-Control"]
    _is_free(phone)
    commit()
    assert story.fresh().state == (State.WRAP_UP if step == "call" else State.INVITED)
    assert not Invitation.objects.filter(ended_at=None).exists()


def test_the_control_room_knows_that_she_has_left_while_she_waited(
    story: Story, call_taker: Account, at_desk: Callable[[Account], Desk]
) -> None:
    desk, phone = at_desk(call_taker), _opened(story)
    waitings.check_in(Invitation.objects.get(), now=timezone.now())
    address = f"/control-room/reports/{story.case.reference}/"
    assert "Stay on the line: no officer is free" in desk.get(address).content.decode()
    phone.post("/p/leave")
    page = desk.get(address).content.decode()
    assert "The link has ended: " in page
    assert "When it is safe, send the link again." in page
    assert "the page is open" not in page


def test_looking_ends_nothing(story: Story) -> None:
    """A link that ends would be followed by whoever looks ahead, or by a page from elsewhere."""
    phone = _opened(story)
    for address in ("/p/leave", "/p/over", f"/s/{new_token()}", "/p/"):
        for ask in (phone.get, phone.head):
            ask(address)
    assert phone.get("/p/leave").status_code == 405
    assert phone.get("/p/state").json()["step"] == "check_in"
    assert Invitation.objects.get().ended_at is None


def test_a_phone_whose_session_has_ended_is_cleaned_by_any_page_of_ours(story: Story) -> None:
    phone = _opened(story)
    invitations.end_by_her(Invitation.objects.get(), now=timezone.now())
    phone.get("/p/over")
    assert not phone.cookies["p"].value


def test_a_page_from_elsewhere_that_sends_the_form_ends_nothing(story: Story) -> None:
    _opened(story)
    # Her cookie does not come along (`SameSite=Lax`), so it ends nothing and deletes nothing.
    left = Client(headers={"Origin": "https://elsewhere.example"}).post("/p/leave")
    assert left.status_code == 303
    assert not left.cookies
    assert Invitation.objects.get().ended_at is None


def test_she_gets_away_also_when_the_database_does_not_answer(
    story: Story,
) -> None:
    phone = _opened(story)

    def gone(execute: object, *_: object) -> None:
        raise OperationalError from DatabaseGone()

    with connection.execute_wrapper(gone):
        left = phone.post("/p/leave")
    assert left.status_code == 303
    assert not left.cookies["p"].value


def test_every_page_of_hers_has_the_way_out(story: Story) -> None:
    phone = _opened(story)
    story.now = timezone.now()
    pages = [Client().get(f"/s/{story.token()}"), phone.get("/p/"), phone.get("/p/plain")]
    fresh = Story(story.call_taker, story.officer, timezone.now()).invited()
    pages[0] = Client().get(f"/s/{fresh.token()}")
    for page in pages:
        text = page.content.decode()
        assert page.status_code == 200
        assert f'action="/p/leave" rel="noreferrer" data-exit="{policy().exit_address}"' in text
        assert "<title>Appointment</title>" in text
        # The form's answer may lead on to the everyday page, and to nowhere else.
        assert "form-action 'self' https://www.bbc.co.uk;" in page["Content-Security-Policy"] + ";"


@pytest.mark.parametrize("bot", BOTS)
def test_a_preview_in_a_messaging_app_uses_nothing_up(story: Story, bot: str) -> None:
    story.invited()
    app = Client(headers={"User-Agent": bot})
    for ask in (app.get, app.head, app.get):
        assert ask(f"/s/{story.token()}").status_code == 200
    assert not app.cookies.get("p")
    assert Invitation.objects.get().opened_at is None
    shown = app.get(f"/s/{story.token()}").content.decode().lower()
    for telling in ("police", "abuse", "openrvr", "victim", "domestic"):
        assert telling not in shown
    # And she can still open it.
    assert Client().post(f"/s/{story.token()}").status_code == 200


@pytest.mark.parametrize("headers", AHEAD, ids=str)
def test_a_browser_that_looks_ahead_gets_nothing_to_keep(
    story: Story, headers: dict[str, str]
) -> None:
    phone = _opened(story)
    other = Story(story.call_taker, story.officer, timezone.now()).invited()
    for address in (f"/s/{other.token()}", "/p/", f"/s/{new_token()}"):
        ahead = phone.get(address, headers=headers)
        assert (ahead.status_code, ahead.content) == (503, b"")
        assert "no-store" in ahead["Cache-Control"]
        assert not ahead.cookies
    assert not OpeningAttempts.objects.exists()
    assert Invitation.objects.get(pk=other.invitation.pk).opened_at is None
    assert phone.get("/p/").status_code == 200


def test_what_her_pages_load_is_kept_by_no_cache(story: Story) -> None:
    phone = _opened(story)
    page = phone.get("/p/").content.decode()
    fresh = Story(story.call_taker, story.officer, timezone.now()).invited()
    hello = Client().get(f"/s/{fresh.token()}").content.decode()
    plain = phone.get("/p/plain").content.decode()
    files = set(re.findall(r"/static/[\w./-]+", page + hello + plain))
    assert len(files) >= 5, files
    for file in files:
        answer = Client().get(file)
        assert answer.status_code == 200, file
        assert answer["Cache-Control"] == "no-store", file
