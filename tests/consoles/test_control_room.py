"""The call-taker's screen, press by press."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from openrvr.foundation.audit.models import AuditLine
from openrvr.foundation.cases.models import Case
from openrvr.foundation.messages import actions as messages
from openrvr.foundation.messages.models import Message
from openrvr.foundation.people.models import Account
from openrvr.foundation.promises.models import Promise
from openrvr.journey.escalation.models import PhysicalRequest
from openrvr.journey.intake.models import GradeEntry
from openrvr.journey.invitation import actions as invitations
from openrvr.journey.invitation.models import Invitation
from openrvr.journey.offer.models import Offer
from openrvr.journey.waiting import actions as waitings
from tests.consoles.conftest import Desk
from tests.story import Story

Sit = Callable[[Account], Desk]


@pytest.fixture
def here(story: Story) -> Story:
    """The story at this very moment: the pages read the real clock."""
    story.now = timezone.now()
    return story


@pytest.fixture
def desk(at_desk: Sit, call_taker: Account) -> Desk:
    return at_desk(call_taker)


def _path(case: Case, press: str = "") -> str:
    return f"/control-room/reports/{case.reference}/{press}"


def test_the_same_key_opens_one_report(desk: Desk) -> None:
    key = str(uuid.uuid4())
    first = desk.post("/control-room/reports/", {"key": key})
    second = desk.post("/control-room/reports/", {"key": key})
    assert first["Location"] == second["Location"]
    assert Case.objects.count() == 1


def test_a_report_without_its_key_is_refused(desk: Desk) -> None:
    assert desk.post("/control-room/reports/", {"key": "garbage"}).status_code == 400
    assert not Case.objects.exists()


def test_every_state_has_its_page(desk: Desk, here: Story, officer: Account) -> None:
    for step in ("reported", "graded", "eligible", "accepted", "invited", "opened", "checked_in"):
        getattr(here, step)()
        page = desk.get(_path(here.case)).content.decode()
        assert here.case.reference in page
        # The officer who is rung in this step would be busy in the next.
        assert 'id="verdict"' in page
    here.live()
    assert "you may clear the line" in desk.get(_path(here.case)).content.decode()


def test_what_she_goes_on_without_is_not_ticked(desk: Desk, here: Story) -> None:
    here.opened()
    invitations.note_devices(
        here.invitation, camera=True, microphone=False, trouble="no-microphone", now=here.now
    )
    waitings.check_in(here.invitation, now=here.now)
    page = desk.get(_path(here.case)).content.decode()
    found = re.findall(r'<li data-step="(\w+)".*?<b>(.*?)</b> <span>(.*?)</span>', page)
    steps = {title: (standing, words) for standing, title, words in found}
    assert steps["Camera"][0] == steps["Waiting"][0] == "done"
    assert steps["Microphone"] == ("todo", "not on")


def test_looking_at_a_case_and_at_the_list_is_recorded(
    desk: Desk, here: Story, call_taker: Account
) -> None:
    here.reported()
    desk.get(_path(here.case))
    desk.get(_path(here.case, "desk"))
    looks = AuditLine.objects.filter(actor_id=str(call_taker.pk), action__endswith="looked")
    assert sorted(looks.values_list("action", "case_reference")) == [
        ("case.looked", here.case.reference),
        ("list.looked", ""),
    ]


def test_a_field_saves_by_itself(desk: Desk, here: Story) -> None:
    here.reported()
    answer = desk.sends(
        _path(here.case, "write"), {"field": "weapons", "was": "", "now": "A knife"}
    )
    assert answer.status_code == 200
    assert answer.json()["warning"] == ""
    assert Case.objects.get().report.weapons == "A knife"


def test_the_second_of_two_call_takers_is_told_and_overwrites_nothing(
    at_desk: Sit, here: Story, call_taker: Account, other_call_taker: Account
) -> None:
    here.reported()
    edit = {"field": "location", "was": "1 Example Street"}
    first = at_desk(call_taker).sends(_path(here.case, "write"), {**edit, "now": "Mine"})
    second = at_desk(other_call_taker).sends(_path(here.case, "write"), {**edit, "now": "Hers"})
    assert (first.status_code, second.status_code) == (200, 409)
    assert second.json()["theirs"] == "Mine"
    assert call_taker.name in second.json()["error"]
    assert Case.objects.get().report.location == "Mine"


def test_whoever_opens_the_report_sees_that_a_colleague_writes_there(
    at_desk: Sit, here: Story, call_taker: Account, other_call_taker: Account
) -> None:
    here.reported()
    page = at_desk(other_call_taker).get(_path(here.case)).content.decode()
    assert f"{call_taker.name} writes here too" in page
    assert "writes here too" not in at_desk(call_taker).get(_path(here.case)).content.decode()


def test_a_number_that_is_none_is_said_at_the_field(desk: Desk, here: Story) -> None:
    here.reported(number="12")
    assert "check the digits" in desk.get(_path(here.case)).content.decode()


def test_before_her_number_stand_the_rules_of_ringing_it(desk: Desk, here: Story) -> None:
    here.reported(safe_to_ring="no", safe_hours="any time", leave_message="no", others_read="yes")
    page = desk.get(_path(here.case)).content.decode()
    before = page[: page.index("07700 900123")]
    for rule in ("Do not ring.", "Do not leave a message.", "Somebody else reads this phone."):
        assert rule in before


def test_a_text_that_her_rules_forbid_is_said_to_be_forbidden(desk: Desk, here: Story) -> None:
    here.invited()
    desk.sends(_path(here.case, "write"), {"field": "safe_to_text", "was": "yes", "now": "no"})
    messages.deliver(Message.objects.get().pk, here.now)
    page = desk.get(_path(here.case)).content.decode()
    assert "Not sent. The report says that it is not safe to text her." in page
    assert "Check the number" not in page


def test_grading_anew_keeps_the_history(desk: Desk, here: Story) -> None:
    here.reported()
    desk.presses(_path(here.case, "grade"), grade="scheduled")
    page = desk.presses(_path(here.case, "grade"), grade="priority", reason="He rang again")
    assert page.status_code == 200
    assert "He rang again" in page.content.decode()
    desk.presses(_path(here.case, "grade"), grade="priority")
    assert list(GradeEntry.objects.values_list("grade", flat=True)) == ["scheduled", "priority"]


def test_an_immediate_report_offers_no_video_and_alarms(desk: Desk, here: Story) -> None:
    here.eligible()
    page = desk.presses(_path(here.case, "grade"), grade="immediate").content.decode()
    assert "never to video" in page
    assert PhysicalRequest.objects.filter(acknowledged_at=None).count() == 1
    assert desk.presses(_path(here.case, "accept")).status_code == 409


def test_the_keys_answer_the_first_open_question(desk: Desk, here: Story) -> None:
    here.graded()
    asked = []
    for _ in range(5):
        page = desk.get(_path(here.case, "desk")).content.decode()
        item = page[: page.index("data-next")].rindex('id="criterion-')
        asked.append(page[item:].split('"')[1].removeprefix("criterion-"))
        desk.presses(_path(here.case, "criterion"), criterion=asked[-1], answer="yes")
    assert asked == ["no_danger", "communicates", "device", "alone", "adult"]


def test_accepting_sends_the_link_once_however_often_it_is_pressed(
    desk: Desk, here: Story, officer: Account
) -> None:
    here.eligible()
    waitings.go_on_duty(by=officer, now=here.now)
    for _ in range(3):
        assert desk.presses(_path(here.case, "accept"), key_word="apples").status_code == 200
    assert Offer.objects.get().key_word == "apples"
    assert Invitation.objects.count() == Message.objects.count() == 1


def test_a_link_that_may_not_be_sent_leaves_no_acceptance(
    desk: Desk, here: Story, officer: Account
) -> None:
    """Both or neither: the offer and its text."""
    here.eligible(number="020 7946 0000")
    waitings.go_on_duty(by=officer, now=here.now)
    answer = desk.presses(_path(here.case, "accept"))
    assert answer.status_code == 409
    assert "mobile number" in answer.json()["error"]
    assert not Offer.objects.exists()
    assert here.fresh().state == "graded"


def test_sending_again_twice_sends_once(desk: Desk, here: Story) -> None:
    here.invited()
    seen = str(here.invitation.pk)
    desk.presses(_path(here.case, "send"), seen=seen)
    desk.presses(_path(here.case, "send"), seen=seen)
    assert Invitation.objects.count() == 2
    assert Invitation.objects.filter(ended_at=None).count() == 1


def test_revoking_and_sending_a_new_one(desk: Desk, here: Story) -> None:
    here.invited()
    page = desk.presses(_path(here.case, "revoke")).content.decode()
    assert "revoked" in page
    desk.presses(_path(here.case, "revoke"))
    desk.presses(_path(here.case, "send"), seen="")
    assert Invitation.objects.filter(ended_at=None).count() == 1


def test_declining_needs_its_reason_and_gives_advice(desk: Desk, here: Story) -> None:
    here.graded()
    assert desk.presses(_path(here.case, "decline")).status_code == 422
    for _ in range(2):
        page = desk.presses(_path(here.case, "decline"), reason="Does not want video")
        assert "dial 999" in page.content.decode()
    assert Offer.objects.count() == 1
    assert Promise.objects.get(state="open").kind == "call_back_or_visit"


def test_an_appointment_is_agreed_in_the_forces_own_time(desk: Desk, here: Story) -> None:
    here.eligible()
    tomorrow = timezone.localtime(here.now + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    for garbage in ("", "soon", "2026-13-45T99:99", "1999-01-01T10:00"):
        assert desk.presses(_path(here.case, "appointment"), at=garbage).status_code == 422
    for _ in range(2):
        assert desk.presses(_path(here.case, "appointment"), at=tomorrow).status_code == 200
    agreed = Offer.objects.get().appointment_at
    assert agreed
    assert timezone.localtime(agreed).strftime("%Y-%m-%dT%H:%M") == tomorrow


def test_giving_back_and_closing(desk: Desk, here: Story) -> None:
    here.invited()
    desk.presses(_path(here.case, "give-back"), reason="Her phone is broken")
    desk.presses(_path(here.case, "give-back"), reason="Her phone is broken")
    assert here.fresh().state == "standard"
    assert desk.presses(_path(here.case, "close"), outcome="").status_code == 400
    for _ in range(2):
        assert desk.presses(_path(here.case, "close"), outcome="non_crime").status_code == 200
    assert here.fresh().state == "closed"
    assert not Promise.objects.filter(state="open").exists()


def test_not_for_video_is_the_normal_service_once(desk: Desk, here: Story) -> None:
    here.graded()
    for _ in range(2):
        desk.presses(_path(here.case, "not-eligible"))
    assert here.fresh().state == "standard"
    assert Offer.objects.count() == 1


def test_one_press_asks_for_a_patrol_and_one_person_has_it(
    at_desk: Sit, desk: Desk, here: Story, other_call_taker: Account
) -> None:
    here.invited()
    for _ in range(2):
        desk.presses(_path(here.case, "physical"), reason="He is at the door")
    request = PhysicalRequest.objects.get()
    band = desk.get("/physical/alarms").content.decode()
    assert "He is at the door" in band
    assert "1 Example Street" in band
    other = at_desk(other_call_taker)
    for _ in range(2):
        band = other.presses(f"/physical/alarms/{request.pk}/acknowledge").content.decode()
        assert "data-sounding" not in band
    assert Promise.objects.get(kind="attend").holder == other_call_taker


def test_promises_are_taken_kept_and_handed_over(
    at_desk: Sit, desk: Desk, here: Story, call_taker: Account, other_call_taker: Account
) -> None:
    here.graded()
    promise = Promise.objects.get(kind="respond", state="open")
    path = f"/control-room/promises/{promise.pk}"
    handed = desk.presses(f"{path}/hand-over", to=str(other_call_taker.pk), why="End of my shift")
    assert handed.status_code == 200
    promise.refresh_from_db()
    assert promise.holder == other_call_taker
    assert desk.presses(f"{path}/hand-over", to=str(call_taker.pk)).status_code == 409
    assert desk.presses(f"{path}/keep").status_code == 409
    for _ in range(2):
        assert desk.presses(f"{path}/take").status_code == 200
    for nobody in ("", "0", "nobody", "9" * 30):
        assert desk.presses(f"{path}/hand-over", to=nobody).status_code == 422


def test_the_last_promise_of_an_open_report_is_not_kept_by_hand(desk: Desk, here: Story) -> None:
    here.graded()
    promise = Promise.objects.get(kind="respond", state="open")
    refused = desk.presses(f"/control-room/promises/{promise.pk}/keep")
    assert refused.status_code == 409
    assert "close the report" in refused.json()["error"]
    promise.refresh_from_db()
    assert promise.is_open


def test_a_closed_report_is_shown_and_not_changed(desk: Desk, here: Story) -> None:
    here.graded()
    desk.presses(_path(here.case, "not-eligible"))
    desk.presses(_path(here.case, "close"), outcome="non_crime")
    page = desk.get(_path(here.case)).content.decode()
    assert "disabled" in page
    edit = {"field": "weapons", "was": "", "now": "A knife"}
    assert desk.sends(_path(here.case, "write"), edit).status_code == 409
    assert desk.presses(_path(here.case, "grade"), grade="immediate").status_code == 409
    assert desk.presses(_path(here.case, "physical")).status_code == 409


@pytest.mark.parametrize(
    "garbage",
    [
        b"[]",
        b"{",
        b'{"field": 7}',
        b'{"field": "case_id", "was": "", "now": "1"}',
        b'{"field": "pk", "was": "", "now": "1"}',
        b'{"field": "language", "was": "en", "now": "a language that is longer than the field"}',
        b"\xff\xfe",
    ],
)
def test_garbage_for_a_field_is_refused_in_a_sentence(
    desk: Desk, here: Story, garbage: bytes
) -> None:
    here.reported()
    answer = desk.post(_path(here.case, "write"), garbage, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert answer.json()["error"].endswith(".")
