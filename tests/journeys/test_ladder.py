"""The ladder: by other means, with the same officer and the same case."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.journey.evidence.photographs import jpeg
from tests.journeys.packages import exported, wait_until_kept
from tests.journeys.people import Person
from tests.journeys.planes import on_both_planes
from tests.journeys.steps import (
    answer_button,
    both_see_each_other,
    checks_in,
    ends_the_call,
    opens_her_link,
    rows,
)
from tests.running_demo import Demo

pytestmark = on_both_planes

RUNG = """SELECT i.rung, i.rung_why FROM invitation_invitation i
 JOIN cases_case c ON c.id = i.case_id WHERE c.reference = %s"""


@pytest.fixture
def in_call(phone: Person, officer: Person) -> tuple[Person, Person, str]:
    reference = checks_in(phone)
    answer_button(officer).click()
    both_see_each_other(phone, officer)
    return phone, officer, reference


def test_one_tap_down_and_one_tap_back(in_call: tuple[Person, Person, str]) -> None:
    phone, officer, reference = in_call
    words = officer.page.locator("#stage-words")
    picture = phone.page.locator("#remote-video")

    phone.page.get_by_role("button", name="Use less data").click()
    expect(words).to_contain_text("Sound with a still every few seconds: she chose it")
    expect(phone.page.locator("#rung-words")).to_have_text("Sound, with a picture now and then")

    phone.page.get_by_role("button", name="Sound only").click()
    expect(words).to_contain_text("Sound only: she chose it")
    expect(picture).to_be_hidden()
    expect(phone.page.get_by_text("There is no picture.")).to_be_visible()
    expect(words).not_to_contain_text("camera is off")

    phone.page.reload(wait_until="domcontentloaded")
    expect(phone.page.locator("#rung-words")).to_have_text("Sound only")
    expect(words).to_contain_text("Sound only: she chose it")

    phone.page.get_by_role("button", name="Video again").click()
    expect(words).not_to_contain_text("Sound only")
    both_see_each_other(phone, officer)

    # All the way down: on the plain page she has not gone.
    for further in ("Use less data", "Sound only", "Write instead", "Ring me back"):
        phone.page.get_by_role("button", name=further).click()
    expect(phone.page.get_by_role("heading", name="You can still reach us")).to_be_visible()
    state = officer.page.locator("#stage-state")
    expect(state).to_contain_text("She is on the page without a call")
    phone.page.get_by_role("button", name="Try it with video again").click()
    both_see_each_other(phone, officer)
    expect(state).to_have_text("")
    assert rows(phone.demo, RUNG, reference) == [("video", "chosen")]


def test_what_was_not_carried_is_no_fault_of_the_recording(
    in_call: tuple[Person, Person, str], tmp_path: Path
) -> None:
    phone, officer, reference = in_call
    words = officer.page.locator("#stage-words")
    for rung in ("Use less data", "Sound only"):
        phone.page.get_by_role("button", name=rung).click()
    expect(words).to_contain_text("Sound only: she chose it")
    officer.page.wait_for_timeout(2_000)
    phone.page.get_by_role("button", name="Write instead").click()
    expect(words).to_contain_text("Text only, silent: she chose it")
    expect(officer.page.locator("#recording")).to_have_attribute("data-state", "off")
    # Long enough for an alarm, if there were anything to be alarmed about.
    officer.page.wait_for_timeout(7_000)
    expect(words).not_to_contain_text("recorded")
    expect(words).not_to_contain_text("does not reach")
    expect(words).not_to_contain_text("has refused")
    phone.page.get_by_role("button", name="Video again").click()
    both_see_each_other(phone, officer)
    expect(officer.page.locator("#recording")).to_have_attribute("data-state", "on")

    ends_the_call(officer)
    wait_until_kept(officer.demo, reference)
    package = exported(officer.demo, reference, tmp_path)
    assert package.verify().returncode == 0
    lost = package.lost("victim")
    assert {what for what, why, _ in lost if why == "rung"} == {"picture", "everything"}, lost
    [silent] = [seconds for what, why, seconds in lost if (what, why) == ("everything", "rung")]
    assert silent > 6
    assert sum(seconds for _, why, seconds in lost if why != "rung") < 2.0, lost


def test_with_neither_script_nor_camera_she_is_rung_back_and_sends_a_photograph(
    her_browser: Browser,
    demo: Demo,
    seat: Callable[[str], Person],
    contexts: list[BrowserContext],
    tmp_path: Path,
) -> None:
    call_taker = seat("control-room")
    context = her_browser.new_context(
        viewport={"width": 390, "height": 844}, java_script_enabled=False, is_mobile=True
    )
    contexts.append(context)
    phone = Person(context.new_page(), demo)
    page = phone.page
    reference = opens_her_link(phone)
    # With the keyboard alone, too: a form needs nothing else.
    page.get_by_role("button", name="Continue").press("Enter")
    page.get_by_role("button", name="Go on without video").press("Enter")
    page.get_by_role("button", name="Ring me back").press("Enter")
    expect(page.get_by_text("We ring you by")).to_be_visible()
    expect(call_taker.page.locator("body")).to_contain_text(
        f"{reference}: the caller asks to be rung back."
    )

    picture = tmp_path / "arm.jpg"
    picture.write_bytes(jpeg(noise=3_000_000))
    page.get_by_label("A photo, a PDF").set_input_files(picture)
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text("It has arrived.")).to_be_visible()
    found = "SELECT u.size FROM evidence_upload u JOIN evidence_exhibit e ON e.id = u.exhibit_id"
    assert rows(demo, f"{found} WHERE u.complete_at IS NOT NULL") == [(picture.stat().st_size,)]

    page.get_by_role("button", name="Try it with video again").click()
    expect(page).to_have_url(f"http://localhost:{demo.port}/p/")
