"""The lowest rung: photographs and being rung back, in any browser, without a script."""

from __future__ import annotations

import html
import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from openrvr.foundation.audit.models import AuditLine
from openrvr.foundation.cases.states import State
from openrvr.foundation.people.models import Account
from openrvr.foundation.promises.models import Promise
from openrvr.journey.call import actions as calls
from openrvr.journey.evidence.models import RecordingNotice, Upload
from openrvr.journey.invitation import actions as invitations
from openrvr.journey.invitation.models import Invitation
from openrvr.journey.invitation.rungs import Rung, Why
from openrvr.journey.waiting import actions as waitings
from tests.journey.evidence.photographs import jpeg
from tests.story import Story


@pytest.fixture
def story(call_taker: Account, officer: Account) -> Story:
    return Story(call_taker=call_taker, officer=officer, now=timezone.now())


@pytest.fixture
def phone(story: Story) -> Client:
    story.invited()
    phone = Client()
    phone.post(f"/s/{story.token()}")
    return phone


def _owed(story: Story) -> list[tuple[str, int | None]]:
    """Who owes her a call, still."""
    open_ones = story.case.promises.filter(kind="call_back_or_visit", state="open")
    return list(open_ones.values_list("kind", "holder"))


def _photo(phone: Client, content: bytes, *, key: str = "", name: str = "arm.jpg") -> int:
    file = SimpleUploadedFile(name, content)
    form = {"file": file, "key": key or str(uuid.uuid4())}
    return phone.post("/p/plain/photo", form).status_code


def test_her_browser_runs_no_scripts(phone: Client) -> None:
    page = phone.get("/p/").content.decode()
    [form] = re.findall(r"<noscript>.*?</noscript>", page, re.DOTALL)
    assert 'action="/p/plain"' in form
    assert phone.post("/p/plain")["Location"] == "/p/plain"
    link = Invitation.objects.get()
    assert (link.rung, link.rung_why) == ("plain", "no_script")
    assert phone.get("/p/plain").status_code == 200


def test_looking_at_the_page_changes_nothing(phone: Client) -> None:
    assert phone.get("/p/plain").status_code == 200
    assert Invitation.objects.get().rung == "video"


def test_she_asks_to_be_rung_and_the_call_taker_owes_it(phone: Client, story: Story) -> None:
    for _ in range(2):
        assert phone.post("/p/plain/ring-back")["Location"] == "/p/plain"
    assert _owed(story) == [("call_back_or_visit", story.call_taker.pk)]
    assert "We ring you by" in phone.get("/p/plain").content.decode()
    assert AuditLine.objects.filter(action="ring_back.asked").count() == 1


def test_whoever_asks_to_be_rung_waits_for_no_officer_any_more(phone: Client, story: Story) -> None:
    phone.post("/p/check-in", "{}", content_type="application/json")
    phone.post("/p/plain/ring-back")
    assert story.fresh().state == State.INVITED
    assert not story.case.waitings.filter(left_at=None).exists()
    assert not story.case.promises.filter(kind="officer_on_video", state="open").exists()


def test_in_a_call_the_officer_who_has_her_owes_it(
    phone: Client, story: Story, officer: Account
) -> None:
    waitings.go_on_duty(by=officer, now=timezone.now())
    phone.post("/p/check-in", "{}", content_type="application/json")
    calls.answer(story.case.waitings.get().pk, by=officer, now=timezone.now())
    phone.post("/p/plain/ring-back")
    assert _owed(story) == [("call_back_or_visit", officer.pk)]
    assert story.fresh().state == State.LIVE


def test_what_the_control_room_owed_goes_to_the_officer_who_has_her_now(
    phone: Client, story: Story, officer: Account
) -> None:
    phone.post("/p/plain/ring-back")
    owed = Promise.objects.get(kind="call_back_or_visit")
    phone.post("/p/plain/video")
    waitings.go_on_duty(by=officer, now=timezone.now())
    phone.post("/p/check-in", "{}", content_type="application/json")
    calls.answer(story.case.waitings.get().pk, by=officer, now=timezone.now())
    owed.refresh_from_db()
    assert owed.state == "kept", "she has an officer"
    phone.post("/p/plain/ring-back")
    assert _owed(story) == [("call_back_or_visit", officer.pk)]


def test_a_photograph_needs_neither_script_nor_call(phone: Client, story: Story) -> None:
    key = str(uuid.uuid4())
    content = jpeg(noise=2_500_000)
    for _ in range(2):
        assert _photo(phone, content, key=key) == 302
    upload = Upload.objects.get()
    assert upload.complete_at
    assert upload.size == len(content)
    assert upload.exhibit.case == story.case
    assert upload.exhibit.call is None
    assert "It has arrived" in phone.get("/p/plain?sent").content.decode()


def test_what_one_phone_does_at_once_has_an_end(phone: Client, story: Story) -> None:
    """Each is written down, in one order with all others: it would hold up everybody's."""
    done = {
        phone.post("/p/devices", {"trouble": f"{at}"}, content_type="application/json").status_code
        for at in range(100)
    }
    assert done == {200, 429}
    # She can leave, and ask for help, however much there was before.
    key = str(uuid.uuid4())
    assert phone.post("/p/alarm", {"key": key}, content_type="application/json").status_code == 200
    assert phone.post("/p/leave").status_code == 303


def test_before_she_sends_anything_she_is_told_in_the_words_that_are_noted(
    phone: Client, story: Story
) -> None:
    page = html.unescape(phone.get("/p/plain").content.decode())
    assert not RecordingNotice.objects.exists()
    _photo(phone, jpeg())
    assert RecordingNotice.objects.get(invitation__case=story.case).words in page


@pytest.mark.parametrize(
    ("content", "sentence"), [(b"", "empty"), (b"MZ" + bytes(5000), "cannot be taken")]
)
def test_what_is_not_taken_is_told_on_the_page(
    phone: Client, content: bytes, sentence: str
) -> None:
    file = SimpleUploadedFile("thing.jpg", content)
    answer = phone.post("/p/plain/photo", {"file": file, "key": str(uuid.uuid4())})
    assert answer.status_code >= 400
    page = answer.content.decode()
    assert 'role="alert"' in page
    assert not Upload.objects.exists()


def test_without_a_file_she_is_asked_for_one(phone: Client) -> None:
    answer = phone.post("/p/plain/photo", {"key": str(uuid.uuid4())})
    assert answer.status_code == 400
    assert "Choose a photo first" in answer.content.decode()


@pytest.mark.parametrize("path", ["", "/ring-back", "/photo", "/video"])
def test_a_stranger_meets_the_harmless_page(path: str, story: Story) -> None:
    story.invited()
    stranger = Client()
    answer = stranger.post(f"/p/plain{path}", {"key": str(uuid.uuid4())})
    assert answer.status_code == 404
    assert answer.content == stranger.get("/s/aaaaaaaaaaaa").content
    assert not AuditLine.objects.filter(action="ring_back.asked").exists()


@pytest.mark.parametrize("body", [{}, {"rung": "roof"}, {"rung": "sound", "why": "officer"}])
def test_a_rung_that_is_none_is_refused(phone: Client, body: dict[str, str]) -> None:
    assert phone.post("/p/rung", body, content_type="application/json").status_code == 400


def test_after_the_end_nobody_takes_a_rung(story: Story) -> None:
    story.live()
    invitations.revoke(story.case.pk, by=story.call_taker, now=story.now)
    with pytest.raises(invitations.LinkUnusable):
        invitations.take_rung(
            story.invitation,
            Rung.SOUND,
            why=Why.CHOSEN,
            by=story.officer.actor,
            now=story.now,
        )


def test_the_officer_reads_the_rung_and_why_after_a_reload(
    phone: Client, story: Story, officer: Account
) -> None:
    waitings.go_on_duty(by=officer, now=timezone.now())
    phone.post("/p/rung", {"rung": "sound", "why": "no_camera"}, content_type="application/json")
    phone.post("/p/check-in", "{}", content_type="application/json")
    calls.answer(story.case.waitings.get().pk, by=officer, now=timezone.now())
    desk = Client()
    desk.force_login(officer)
    call = desk.get("/desk/state").json()["call"]
    assert call["rung"] == "sound"
    assert call["rung_words"] == "Sound only: her camera does not work"
