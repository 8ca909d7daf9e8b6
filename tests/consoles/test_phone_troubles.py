"""What is wrong with her phone: told apart, kept, and told to whoever is to help."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

import openrvr
from openrvr.consoles.phone.handsets import app_around, intent_for, make_of
from openrvr.consoles.phone.queries import is_probably_on_phone
from openrvr.consoles.phone.troubles import PAGES
from openrvr.foundation.audit.models import AuditLine
from openrvr.foundation.people.models import Account
from openrvr.journey.invitation import actions as invitations
from openrvr.journey.invitation.models import Invitation, OpeningAttempts
from openrvr.journey.invitation.tokens import new_token
from openrvr.journey.invitation.troubles import Trouble
from openrvr.journey.offer import actions as offers
from tests.journeys.her_pages import WAYS
from tests.story import Story

SCRIPTS = Path(openrvr.__file__).parent / "journey" / "call" / "scripts"

SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like"
    " Gecko) Version/17.4 Mobile/15E148 Safari/604.1"
)
WEBVIEW_OF_IOS = SAFARI.replace("Version/17.4 ", "").replace(" Safari/604.1", "")
CHROME = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/120.0.0.0 Mobile Safari/537.36"
)
WEBVIEW_OF_ANDROID = CHROME.replace("; K)", "; Pixel 7 Build/UQ1A; wv)")


@pytest.fixture
def story(call_taker: Account, officer: Account) -> Story:
    """In the present, since views look at the clock."""
    return Story(call_taker=call_taker, officer=officer, now=timezone.now())


def _opened(story: Story) -> Client:
    story.invited()
    phone = Client()
    assert phone.post(f"/s/{story.token()}").status_code == 200
    return phone


@pytest.mark.parametrize(
    ("user_agent", "app"),
    [
        (f"{WEBVIEW_OF_IOS} [FBAN/FBIOS;FBAV/450.0.0.38.108;FBDV/iPhone14,5]", "Facebook"),
        (f"{WEBVIEW_OF_ANDROID} [FB_IAB/FB4A;FBAV/450.0.0.43.109;]", "Facebook"),
        (f"{WEBVIEW_OF_IOS} [FBAN/MessengerForiOS;FBAV/450.0]", "Messenger"),
        (f"{WEBVIEW_OF_IOS} Instagram 300.0.0.9.110 (iPhone14,5; iOS 17_4)", "Instagram"),
        (f"{WEBVIEW_OF_ANDROID} musical_ly_2023300040 BytedanceWebview/d8a21c6", "TikTok"),
        (f"{WEBVIEW_OF_IOS} Snapchat/12.80.0.36 (like Safari/8618.1.15.10.15)", "Snapchat"),
        (f"{WEBVIEW_OF_IOS} [LinkedInApp]/9.29.3128", "LinkedIn"),
        (f"{WEBVIEW_OF_ANDROID} MicroMessenger/8.0.47.2560(0x28002F36)", "WeChat"),
        (f"{WEBVIEW_OF_IOS} Safari Line/14.4.0", "LINE"),
        (SAFARI.replace("Version/17.4", "GSA/310.0.618508640"), "Google"),
        (f"{WEBVIEW_OF_ANDROID} WhatsApp/2.24.7.79", "WhatsApp"),
        (WEBVIEW_OF_IOS, ""),
        (WEBVIEW_OF_ANDROID, ""),
        (SAFARI, None),
        (CHROME, None),
        (SAFARI.replace("Version/17.4", "CriOS/120.0.6099.119"), None),
        (SAFARI.replace("Version/17.4", "FxiOS/121.0"), None),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0", None),
        ("Airline/1.0 online/2", None),
        ("", None),
    ],
)
def test_the_app_around_a_page(user_agent: str, app: str | None) -> None:
    assert app_around(user_agent) == app


def test_the_make_of_a_phone() -> None:
    assert make_of(SAFARI) == "iphone"
    assert (
        make_of("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.4 Safari") == "iphone"
    )
    assert make_of(CHROME) == make_of("") == "android"


def test_a_link_that_leaves_an_android_app() -> None:
    assert intent_for("https://rvr.example/s/ABC").startswith(
        "intent://rvr.example/s/ABC#Intent;scheme=https;"
    )


def test_inside_an_app_the_way_out_comes_before_the_tap(story: Story) -> None:
    story.invited()
    address = f"/s/{story.token()}"
    inside = Client(headers={"User-Agent": f"{WEBVIEW_OF_IOS} [FBAN/FBIOS]"})
    page = inside.get(address).content.decode()
    assert "Open this page in Safari" in page
    assert f"http://testserver{address}" in page
    assert 'name="secret"' not in page
    assert 'name="secret"' in inside.get(f"{address}?here").content.decode()
    # Of a browser that does not give itself away the page's own script notices it.
    assert "Copy the link" in Client().get(f"{address}?app").content.decode()
    for telling in ("police", "abuse", "domestic"):
        assert telling not in page.lower()


def test_an_app_is_reported_and_uses_nothing_up(story: Story) -> None:
    story.invited()
    token = story.token()
    for _ in range(2):
        assert Client().post(f"/s/{token}/in-app").status_code == 200
    link = Invitation.objects.get()
    assert (link.trouble, link.opened_at) == (Trouble.IN_APP, None)
    assert AuditLine.objects.filter(action="invitation.in_app").count() == 1
    # What the app could not do says nothing of the browser that she opens it in.
    Client().post(f"/s/{token}")
    assert Invitation.objects.get().trouble == ""
    assert Client().post(f"/s/{token}/in-app").status_code == 404
    assert Client().post(f"/s/{new_token()}/in-app").status_code == 404
    # A guess is a guess, whichever way it is made.
    assert OpeningAttempts.objects.get().count == 2


@pytest.mark.parametrize("agent", [SAFARI, CHROME])
@pytest.mark.parametrize("name", sorted(PAGES))
def test_each_trouble_has_its_page_for_both_makes(story: Story, name: str, agent: str) -> None:
    phone = _opened(story)
    page = phone.get(f"/p/trouble/{name}", headers={"User-Agent": agent}).content.decode()
    iphone, android = page.find("iPhone?"), page.find("Android?")
    # The other make's help is behind one tap.
    assert (iphone < 0) == (agent == SAFARI)
    assert (android < 0) == (agent == CHROME)
    # A whole page has the languages before it.
    told = page[page.index("<h1") :]
    assert told.count("<svg") == 2
    assert 4 <= told.count("<li>") <= 6
    assert page.count("<h1") == 1
    for telling in ("police", "abuse", "domestic"):
        assert telling not in page.lower()


def test_each_is_one_of_the_pages_that_are_looked_at() -> None:
    assert {f"phone-{name}" for name in PAGES} <= {page.name for way in WAYS for page in way.pages}


@pytest.mark.parametrize("agent", [SAFARI, CHROME])
def test_what_is_told_without_a_connection_is_there_before_it_is_lost(
    story: Story, agent: str
) -> None:
    page = _opened(story).get("/p/", headers={"User-Agent": agent}).content.decode()
    told = page[page.index('id="offline"') :].partition("</section>")[0]
    assert "There is no connection at the moment" in told
    assert ("Is your phone an Android?" in told) == (agent == SAFARI)
    assert told.count("<svg") == 2


def test_a_trouble_that_nobody_knows_has_no_page(story: Story) -> None:
    phone = _opened(story)
    assert phone.get("/p/trouble/toothache").status_code == 404
    assert phone.get("/p/trouble/drawings").status_code == 404
    assert Client().get("/p/trouble/refused").status_code == 404


def test_the_page_and_the_server_know_the_same_troubles() -> None:
    script = (SCRIPTS / "trouble.ts").read_text()
    sentences = script[script.index("sentences = {") : script.index("};")]
    assert set(re.findall(r'^  "?([a-z-]+)"?: _\(', sentences, re.MULTILINE)) == set(Trouble)


@pytest.mark.parametrize(
    ("reported", "kept", "words"),
    [
        ("", "", ""),
        ("no-camera", "no-camera", Trouble.NO_CAMERA.label),
        ("<script>", "unknown", Trouble.UNKNOWN.label),
    ],
)
def test_what_her_page_reports_is_one_of_ours(
    story: Story, reported: str, kept: str, words: str
) -> None:
    story.opened()
    invitations.note_devices(
        story.invitation, camera=False, microphone=True, trouble=reported, now=story.now
    )
    link = Invitation.objects.get()
    assert (link.trouble, link.trouble_words) == (kept, words)


def test_whether_the_phone_call_goes_on_is_kept_and_told(story: Story) -> None:
    phone = _opened(story)
    assert phone.get("/p/state").json()["on_phone"] is None
    for goes_on in (True, True, False):
        answer = phone.post("/p/phone-call", {"goes_on": goes_on}, "application/json")
        assert answer.status_code == 200
        assert phone.get("/p/state").json()["on_phone"] is goes_on
    lines = AuditLine.objects.filter(action="invitation.phone_call")
    assert [line.details["goes_on"] for line in lines.order_by("at")] == [True, False]
    answer = phone.post("/p/phone-call", {"goes_on": "perhaps"}, "application/json")
    assert answer.status_code == 400


def test_which_answer_stands_first(story: Story, call_taker: Account) -> None:
    """Whoever was just sent the link is on the phone; for an agreed time nobody has rung her."""
    page = _opened(story).get("/p/").content.decode()
    first = re.search(r'<button class="phone__button" type="button" id="([\w-]+)"', page)
    assert first
    assert first[1] == "open-camera-alone"
    assert is_probably_on_phone(Invitation.objects.get())


def test_after_an_appointment_she_is_not_taken_to_be_on_the_phone(
    story: Story, call_taker: Account
) -> None:
    story.eligible()
    offers.agree_appointment(
        story.case.pk,
        at=story.now + timedelta(hours=1),
        key_word="",
        by=call_taker,
        now=story.now,
    )
    link = invitations.send(story.case.pk, by=call_taker, now=story.now)
    assert not is_probably_on_phone(link)


def test_the_call_taker_reads_what_is_wrong_and_when_to_clear_the_line(story: Story) -> None:
    story.live()
    room = Client()
    room.force_login(story.call_taker)
    strip = f"/control-room/reports/{story.case.reference}/desk"
    assert "end the phone call" not in room.get(strip).content.decode()
    invitations.note_phone_call(story.invitation, goes_on=True, now=story.now)
    page = room.get(strip).content.decode()
    assert "you may clear the line" in page
    assert "end the phone call" in page
