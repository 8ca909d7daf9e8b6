"""The call-taker's screen in a real browser: by keys alone, live, never in the way of typing."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.axe import assert_accessible
from tests.journeys.given import eligible, invited
from tests.journeys.people import Person
from tests.journeys.steps import link_of
from tests.running_demo import Demo

Seat = Callable[[str], Person]
SAVED = re.compile(r"Saved \d\d:\d\d")


def _open(person: Person, reference: str) -> Page:
    person.page.goto(
        f"http://localhost:{person.demo.port}/control-room/reports/{reference}/",
        wait_until="domcontentloaded",
    )
    # The keys work, and news arrives, once the script has connected.
    expect(person.page.locator("#live-banner")).to_have_attribute("data-state", "quiet")
    return person.page


def _post(page: Page, path: str, body: str = "{}") -> None:
    """What a page of the same person would post."""
    status = page.evaluate(
        """async ([path, body]) => {
          const token = document.querySelector("meta[name=csrftoken]").content;
          const headers = {"Content-Type": "application/json", "X-CSRFToken": token};
          return (await fetch(path, {method: "POST", headers, body})).status;
        }""",
        [path, body],
    )
    assert status == 200, (path, status)


def test_a_report_is_taken_and_the_link_sent_by_keyboard_alone(seat: Seat, demo: Demo) -> None:
    officer = seat("officer").page
    _post(officer, "/desk/duty", '{"on": true}')
    page = seat("control-room").page
    keys = page.keyboard
    page.wait_for_selector("#room")
    keys.press("F2")
    page.wait_for_url("**/reports/RVR-*/", wait_until="domcontentloaded")
    expect(page.locator("#number")).to_be_focused()
    # Number, safe to text, safe to ring, hours, a message, others, words, language, name, where,
    # what, suspect, details, injuries.
    keys.type("07700 900321")
    keys.press("Tab")
    keys.press("ArrowRight")  # from “not asked” on to the first answer: yes
    keys.press("Tab")
    keys.press("ArrowRight")
    keys.press("Tab")
    keys.type("any time")
    # No message; who else reads it, the words and the language stay as they are.
    for key in ("Tab", "ArrowRight", "ArrowRight", "Tab", "Tab", "Tab", "Tab"):
        keys.press(key)
    keys.type("Keyboard Example")
    keys.press("Tab")
    keys.type("2 Example Lane")
    keys.press("Tab")
    keys.type("He shouted, broke a chair and left.")
    keys.press("Tab")
    keys.press("ArrowRight")
    keys.press("Tab")
    keys.press("Tab")
    keys.press("ArrowRight")
    expect(page.get_by_label("Gone")).to_be_checked()
    rules = page.locator("#contact-rules li")
    expect(rules.nth(0)).to_have_text("May be rung any time.")
    expect(rules.nth(1)).to_have_text("Do not leave a message.")
    keys.press("Escape")
    keys.press("2")
    expect(page.locator(".kit-grade--large")).to_have_text("Priority")
    expect(page.locator("#criteria-card .kit-card__aside")).to_contain_text("5 of 10")
    for _ in range(5):
        keys.press("y")  # as fast as she answers, not as fast as the server does
    expect(page.locator("#criteria-met")).to_contain_text("10 of 10")
    keys.press("k")
    keys.type("umbrella")
    keys.press("Escape")
    keys.press("a")
    expect(page.locator("#key-word-card")).to_contain_text("umbrella")
    expect(page.locator(".kit-progress li").nth(2)).to_have_attribute("data-step", "done")
    reference = re.search(r"RVR-\d\d-\d{6}", page.url)
    assert reference
    assert link_of(demo, reference[0])
    page.reload(wait_until="domcontentloaded")
    expect(page.locator("#what_happened")).to_have_value("He shouted, broke a chair and left.")
    _post(officer, "/desk/duty", '{"on": false}')


def test_hours_that_could_be_read_in_two_ways_are_said_at_once(seat: Seat, demo: Demo) -> None:
    page = _open(seat("control-room"), eligible(demo, 1, safe_to_ring="yes")[0])
    hours, rules = page.locator("#safe_hours"), page.locator("#contact-rules")
    hours.fill("9-5")
    expect(rules).to_contain_text("ask before you ring")
    expect(page.locator("#safe_hours-error")).to_contain_text("Not clear")
    hours.fill("9-5pm")
    expect(rules).to_contain_text("May be rung 09:00-17:00.")
    expect(page.locator("#safe_hours-error")).to_have_count(0)
    hours.fill("any time")
    expect(rules).to_contain_text("May be rung any time.")
    # Everything of the report on one screen.
    zone = page.locator(".kit-zone--report")
    assert zone.evaluate("zone => zone.scrollHeight - zone.clientHeight") <= 0


def test_news_never_disturbs_what_is_being_typed(seat: Seat, demo: Demo) -> None:
    reference = eligible(demo, 1)[0]
    mine, hers = _open(seat("control-room"), reference), _open(seat("control-room-2"), reference)
    text = mine.locator("#what_happened")
    text.fill("I am in the middle of a sen")
    expect(mine.locator("#what_happened-saved")).to_have_text(SAVED)
    text.focus()
    mine.keyboard.press("End")
    hers.locator("#weapons").fill("A kitchen knife")
    hers.locator("#weapons").blur()
    mine.keyboard.type("ten")
    expect(mine.locator("#weapons")).to_have_value("A kitchen knife")
    expect(mine.locator("#others-edit")).to_contain_text("Call-taker 377 writes here too")
    mine.keyboard.type("ce.")
    expect(text).to_be_focused()
    expect(text).to_have_value("I am in the middle of a sentence.")
    expect(hers.locator("#what_happened")).to_have_value("I am in the middle of a sentence.")


def test_the_second_of_two_writers_is_told_and_chooses(seat: Seat, demo: Demo) -> None:
    reference = eligible(demo, 1)[0]
    mine, hers = _open(seat("control-room"), reference), _open(seat("control-room-2"), reference)
    hers.locator("#children").focus()
    mine.locator("#children").fill("Two, upstairs")
    mine.locator("#children").blur()
    expect(mine.locator("#children-saved")).to_have_text(SAVED)
    # What she is in is not taken from under her hands; what she then saves is refused.
    hers.locator("#children").fill("Two, in the garden")
    hers.locator("#children").blur()
    told = hers.locator("#children-saved")
    expect(told).to_contain_text("Call-taker 214 has changed this meanwhile")
    expect(told).to_contain_text("Two, upstairs")
    # News that arrives meanwhile takes the choice from nobody.
    mine.locator("#weapons").fill("None seen")
    expect(hers.locator("#weapons")).to_have_value("None seen")
    told.get_by_role("button", name="Use mine").click()
    expect(told).to_have_text(SAVED)
    expect(mine.locator("#children")).to_have_value("Two, in the garden")


def test_a_patrol_alarms_every_screen_until_a_person_has_it(seat: Seat, demo: Demo) -> None:
    reference = eligible(demo, 1, location="9 Alarm Road")[0]
    mine, hers = _open(seat("control-room"), reference), seat("control-room-2").page
    wall = seat("supervisor").page
    mine.locator("#physical-reason").fill("He is at the door")
    mine.keyboard.press("F12")
    for screen in (mine, hers, wall):
        band = screen.locator(".kit-alarm")
        expect(band).to_contain_text("9 Alarm Road")
        expect(band).to_contain_text("He is at the door")
        expect(band).to_have_attribute("data-sounding", "alarm")
    assert_accessible(hers)
    hers.keyboard.press("F9")
    for screen in (mine, hers, wall):
        expect(screen.locator(".kit-alarm")).to_have_count(0)
    expect(mine.locator("#verdict")).to_contain_text("Call-taker 377 answers for it")


def test_the_strip_follows_the_link_to_the_officer(seat: Seat, phone: Person, demo: Demo) -> None:
    reference = invited(demo)
    page = _open(seat("control-room"), reference)
    expect(page.locator("#verdict")).to_contain_text("ask the caller to tap the link")
    officer = seat("officer").page
    _post(officer, "/desk/duty", '{"on": true}')
    hers = phone.page
    hers.goto(link_of(demo, reference), wait_until="domcontentloaded")
    hers.get_by_role("button").first.click()
    hers.wait_for_url("**/p/", wait_until="domcontentloaded")
    expect(page.locator("#verdict")).to_contain_text("the page is open")
    _post(hers, "/p/devices", '{"camera": true, "microphone": true, "trouble": ""}')
    expect(page.locator(".kit-progress li").nth(5)).to_have_attribute("data-step", "done")
    _post(hers, "/p/check-in")
    expect(page.locator("#verdict")).to_contain_text("PC 1042 is being rung")
    ring = officer.evaluate("async () => (await (await fetch('/desk/state')).json()).ring")
    _post(officer, f"/desk/waiting/{ring['waiting']}/answer")
    expect(page.locator("#verdict")).to_contain_text("you may clear the line")
    expect(page.locator("#notices")).to_contain_text("PC 1042 has answered")


def test_axe_finds_nothing_on_the_staff_pages(seat: Seat, demo: Demo) -> None:
    reference = eligible(demo, 1)[0]
    call_taker = seat("control-room")
    assert_accessible(call_taker.page)
    page = _open(call_taker, reference)
    assert_accessible(page)
    page.keyboard.press("d")
    expect(page.locator("#decline-dialog")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("4")
    expect(page.locator("#advice-card")).to_be_visible()
    assert_accessible(page)
    assert_accessible(_open(call_taker, invited(demo)))
    wall = seat("supervisor").page
    wall.wait_for_selector("#board")
    assert_accessible(wall)


def test_axe_finds_nothing_before_signing_in(phone: Person, demo: Demo) -> None:
    for path in ("/", "/sign-in/", "/demo/phone/", "/no/such/page"):
        phone.page.goto(f"http://localhost:{demo.port}{path}", wait_until="domcontentloaded")
        assert_accessible(phone.page)
    phone.page.goto(f"http://localhost:{demo.port}/sign-in/")
    phone.page.get_by_role("button", name="Sign in").click()
    expect(phone.page.get_by_text("Enter your sign-in name")).to_be_visible()
    assert_accessible(phone.page)


def test_what_is_typed_before_a_press_stays_until_the_press_is_done(seat: Seat, demo: Demo) -> None:
    reference = eligible(demo, 1, number="020 7946 0000")[0]
    mine, hers = _open(seat("control-room"), reference), _open(seat("control-room-2"), reference)
    mine.keyboard.press("g")
    mine.keyboard.type("He has rung aga")
    mine.keyboard.press("Escape")
    hers.locator("#weapons").fill("None seen")
    expect(mine.locator("#weapons")).to_have_value("None seen")
    expect(mine.locator("#grade-reason")).to_have_value("He has rung aga")
    mine.keyboard.press("g")
    mine.keyboard.press("End")
    mine.keyboard.type("in")
    mine.keyboard.press("Escape")
    mine.keyboard.press("3")
    expect(mine.locator(".room-history")).to_contain_text("He has rung again")
    expect(mine.locator("#grade-reason")).to_have_value("")


def test_an_answer_that_was_overtaken_covers_nothing(seat: Seat, demo: Demo) -> None:
    reference = eligible(demo, 1)[0]
    page = _open(seat("control-room"), reference)
    address = f"http://localhost:{demo.port}/control-room/reports/{reference}/desk"
    older = page.request.get(address)
    alone = page.locator("#criterion-alone")
    alone.get_by_role("button", name="No").click()
    expect(alone).to_have_attribute("data-answer", "no")
    page.route(address, lambda route: route.fulfill(response=older))
    with page.expect_request_finished(lambda request: request.url == address):
        _open(seat("control-room-2"), reference).locator("#weapons").fill("None seen")
    page.wait_for_function("() => !document.querySelector('#case.htmx-request')")
    expect(alone).to_have_attribute("data-answer", "no")
