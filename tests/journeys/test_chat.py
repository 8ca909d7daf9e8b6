"""What she writes and what is written to her: waiting, in the call, and without a script."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.journeys.axe import assert_accessible
from tests.journeys.browsers import PHONE, phone_context
from tests.journeys.given import invited
from tests.journeys.people import Person
from tests.journeys.steps import (
    answer_button,
    both_see_each_other,
    checks_in,
    ends_the_call,
    link_of,
    rows,
)
from tests.running_demo import Demo

Seat = Callable[[str], Person]
FIELD = "#chat-words"
# No headless browser has a phone's keyboard: the visual viewport becomes smaller, as below one.
KEYBOARD = """() => {
  Object.defineProperty(visualViewport, "height", {value: innerHeight - 380, configurable: true});
  visualViewport.dispatchEvent(new Event("resize"));
}"""


LEAVES = """() => fetch("/p/leave", {
  method: "POST",
  headers: {"X-CSRFToken": document.querySelector('[name="csrftoken"]').content},
})"""


@pytest.fixture
def phone(phone: Person) -> Iterator[Person]:
    """She leaves when her story is over: in the next one no officer is rung for her."""
    yield phone
    phone.context.set_offline(False)
    phone.page.evaluate(LEAVES)


def said(page: Page, words: str) -> None:
    """It stands on the page, once."""
    expect(page.get_by_text(words, exact=True)).to_have_count(1)


def at_her_report(seat: Seat, reference: str) -> Page:
    room = seat("control-room")
    address = f"http://localhost:{room.demo.port}/control-room/reports/{reference}/"
    room.page.goto(address, wait_until="domcontentloaded")
    # What is told to whoever listens at this moment is told once.
    expect(room.page.locator("#live-banner")).to_have_attribute("data-state", "quiet")
    return room.page


def writes(page: Page, words: str) -> None:
    """By the keyboard alone, from wherever the focus is."""
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    expect(page.locator(FIELD)).to_be_focused()
    expect(page.locator(FIELD)).to_have_value("")


def opens_by_keyboard(page: Page, button: str) -> None:
    page.locator(button).focus()
    page.keyboard.press("Enter")
    expect(page.locator(FIELD)).to_be_focused()


def test_while_she_waits_she_writes_to_the_call_taker_who_answers(
    phone: Person, seat: Seat
) -> None:
    hers = phone.page
    room = at_her_report(seat, checks_in(phone))
    opens_by_keyboard(hers, "#write")
    hers.keyboard.type("He has my ")
    expect(room.get_by_text("She is writing")).to_be_visible()
    writes(hers, "car keys")
    said(room, "He has my car keys")
    expect(room.get_by_text("She is writing")).to_be_hidden()
    expect(hers.locator("#chat-list")).to_contain_text("Read")
    assert_accessible(hers)

    room.get_by_role("button", name="Are you safe? Yes or no?").click()
    said(hers, "Are you safe? Yes or no?")
    room.locator("#verdict").click()
    room.keyboard.press("w")
    writes(room, "Stay on this page.")
    said(hers, "Stay on this page.")
    expect(room.locator(".kit-chat__lines")).to_contain_text("read")
    assert_accessible(room)
    # By the role, never by name.
    expect(hers.locator("#chat-list")).to_contain_text("The call-taker")
    expect(hers.locator("#chat-list")).not_to_contain_text("214")

    # Back at the waiting page, what is written to her shows there, in words.
    hers.keyboard.press("Escape")
    expect(hers.locator("#write")).to_be_focused()
    room.keyboard.type("Still here.")
    room.keyboard.press("Enter")
    expect(hers.locator("[data-step=waiting] [data-chat-news]")).to_contain_text("Still here.")
    expect(hers.locator("#write [data-count]")).to_have_text("1")
    opens_by_keyboard(hers, "#write")
    said(hers, "Still here.")
    expect(hers.locator("#write [data-count]")).to_have_text("")


def test_another_report_on_the_screen_says_how_much_is_unread(phone: Person, seat: Seat) -> None:
    reference = checks_in(phone)
    room = seat("control-room").page
    opens_by_keyboard(phone.page, "#write")
    writes(phone.page, "Is anybody there?")
    expect(room.locator("#notices")).to_contain_text(f"{reference}: the caller has written.")
    expect(room.locator(f"#report-{reference}")).to_contain_text("1 new from the caller")


def test_the_officer_has_all_of_it_and_nobody_loses_half_a_sentence(
    phone: Person, officer: Person, seat: Seat
) -> None:
    hers, desk = phone.page, officer.page
    reference = checks_in(phone)
    opens_by_keyboard(hers, "#write")
    writes(hers, "He has the car keys")
    # In the middle of a sentence the officer answers: she goes on writing, below the picture.
    hers.keyboard.type("I am in the ")
    answer_button(officer).click()
    both_see_each_other(phone, officer)
    expect(hers.locator(FIELD)).to_be_focused()
    # Whoever listens hears of it, where the heading would have told her.
    expect(hers.locator("#spoken")).to_have_text("Video call")
    writes(hers, "kitchen")
    said(hers, "I am in the kitchen")
    assert_accessible(hers)

    said(desk, "He has the car keys")
    said(desk, "I am in the kitchen")
    expect(desk.locator("#stage-typed")).to_have_text("She writes: I am in the kitchen")
    # The case is read again while the officer types: for her statement, and for the report.
    desk.locator("#stage-heading").focus()
    desk.keyboard.press("w")
    desk.keyboard.type("Go to ")

    room = at_her_report(seat, reference)
    room.get_by_label("Weapons").fill("A knife")
    expect(desk.locator("#case")).to_contain_text("A knife")
    expect(desk.locator(FIELD)).to_be_focused()
    writes(desk, "the front door")
    said(hers, "Go to the front door")
    expect(desk.locator("#stage-typed")).to_be_empty()
    expect(room.locator(".kit-chat__closed")).to_contain_text("The officer in the call writes now.")
    assert_accessible(desk)

    ends_the_call(officer)
    expect(hers.get_by_role("heading", name="Thank you")).to_be_visible()
    assert hers.locator(FIELD).input_value() == ""
    expect(hers.locator("#chat")).to_be_hidden()
    # It stands in the case, and nothing can be added.
    said(desk, "Go to the front door")
    expect(desk.locator(FIELD)).to_be_hidden()


def test_what_she_cannot_see_at_the_moment_is_not_read(phone: Person, officer: Person) -> None:
    hers, desk = phone.page, officer.page
    checks_in(phone)
    answer_button(officer).click()
    both_see_each_other(phone, officer)
    opens_by_keyboard(hers, "#text")
    # A photograph goes first, and the sheet with the thread is away until then.
    desk.get_by_role("button", name="Ask for a photograph").click()
    expect(hers.locator("#sending-title")).to_be_focused()
    desk.locator(FIELD).fill("The door, please")
    desk.keyboard.press("Enter")
    news = hers.locator(".phone-call__picture [data-chat-news]")
    expect(news).to_contain_text("The officer writes: The door, please")
    expect(desk.locator(".kit-chat__lines")).to_contain_text("sent")
    expect(desk.locator(".kit-chat__lines")).not_to_contain_text("read")
    hers.get_by_role("button", name="Not now").click()
    expect(hers.locator(FIELD)).to_be_focused()
    expect(desk.locator(".kit-chat__lines")).to_contain_text("read")
    expect(news).to_be_empty()

    # The officer's question leaves her the field, above a keyboard too.
    hers.evaluate(KEYBOARD)
    desk.locator("#stage-heading").focus()
    desk.keyboard.press("h")
    expect(hers.locator("#spoken")).to_have_text("Can anyone hear you?")
    expect(hers.locator(FIELD)).to_be_focused()
    question, field = (hers.locator(part).bounding_box() for part in ("#hearing", FIELD))
    assert question
    assert field
    assert question["y"] + question["height"] <= field["y"]
    assert field["y"] + field["height"] <= PHONE["height"] - 380


def test_at_the_rung_of_text_the_thread_is_the_whole_page(phone: Person, officer: Person) -> None:
    hers, desk = phone.page, officer.page
    checks_in(phone)
    answer_button(officer).click()
    both_see_each_other(phone, officer)
    desk.locator(FIELD).fill("Write whenever you cannot talk.")
    desk.keyboard.press("Enter")
    expect(hers.locator(".phone-call__picture [data-chat-news]")).to_contain_text(
        "The officer writes: Write"
    )
    for rung in ("stills", "sound", "text"):
        hers.locator("#rung-down").click()
        expect(hers.locator("body")).to_have_attribute("data-rung", rung)
    said(hers, "Write whenever you cannot talk.")
    expect(hers.locator("#chat-title")).to_be_focused()
    expect(hers.locator("#remote-video")).to_be_hidden()
    assert_accessible(hers)
    hers.locator(FIELD).focus()
    writes(hers, "He is in the house")
    said(desk, "He is in the house")
    hers.locator("#leave").focus()
    hers.locator("#rung-up").click()
    expect(hers.locator("#chat")).to_be_hidden()
    both_see_each_other(phone, officer)


@pytest.mark.parametrize("how", ["the answer is lost", "the network is away"])
def test_a_line_that_did_not_get_through_is_sent_again_and_stands_once(
    phone: Person, seat: Seat, how: str
) -> None:
    hers, reference = phone.page, checks_in(phone)
    room = at_her_report(seat, reference)
    opens_by_keyboard(hers, "#write")
    if how == "the answer is lost":
        lost: list[int] = []

        def lose(route: Route) -> None:
            lost.append(route.fetch().status)
            route.abort()

        hers.route("**/p/chat/say", lose, times=1)
        writes(hers, "Only once")
        said(room, "Only once")
        expect(hers.locator("#chat-list")).to_contain_text("Read")
        assert lost == [201]
    else:
        phone.context.set_offline(True)
        writes(hers, "Only once")
        expect(hers.locator("#chat-list")).to_contain_text("Not sent yet. Trying again.")
        phone.context.set_offline(False)
        said(room, "Only once")
    said(hers, "Only once")
    counted = rows(
        phone.demo,
        "SELECT count(*) FROM chat_line l JOIN invitation_invitation i ON i.id = l.invitation_id"
        " JOIN cases_case c ON c.id = i.case_id WHERE c.reference = %s",
        reference,
    )
    assert counted == [(1,)]


def test_what_was_written_while_her_page_heard_nothing_is_there_afterwards(
    phone: Person, seat: Seat
) -> None:
    hers = phone.page
    hers.route("**/live/stream*", lambda route: route.abort())
    room = at_her_report(seat, checks_in(phone))
    opens_by_keyboard(hers, "#write")
    room.locator(FIELD).fill("While you were away")
    room.keyboard.press("Enter")
    expect(room.locator(".kit-chat__lines")).to_contain_text("sent")
    expect(hers.locator("#chat-empty")).to_be_visible()
    hers.unroute("**/live/stream*")
    said(hers, "While you were away")


def test_a_keyboard_covers_neither_the_field_nor_the_way_out(phone: Person) -> None:
    hers = phone.page
    checks_in(phone)
    opens_by_keyboard(hers, "#write")
    hers.evaluate(KEYBOARD)
    seen = PHONE["height"] - 380
    for wanted in (FIELD, "#chat-send", "[data-exit]"):
        box = hers.locator(wanted).bounding_box()
        assert box
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= seen, wanted


def test_what_is_half_typed_is_kept_nowhere(phone: Person) -> None:
    hers = phone.page
    checks_in(phone)
    opens_by_keyboard(hers, "#write")
    hers.keyboard.type("He must not read th")
    hers.reload(wait_until="domcontentloaded")
    opens_by_keyboard(hers, "#write")
    expect(hers.locator(FIELD)).to_have_value("")
    assert hers.evaluate("localStorage.length + sessionStorage.length") == 0


def test_three_presses_of_shift_lead_away_from_the_page_that_needs_no_script(
    her_browser: Browser, demo: Demo, seat: Seat, contexts: list[BrowserContext]
) -> None:
    reference = invited(demo)
    contexts.append(phone_context(her_browser))
    hers = contexts[-1].new_page()
    errors: list[str] = []
    hers.on("pageerror", lambda error: errors.append(str(error)))
    hers.goto(link_of(demo, reference))
    hers.get_by_role("button", name="Continue").click()
    expect(hers.get_by_role("button", name="Turn on camera and sound")).to_be_visible()
    hers.goto(f"http://localhost:{demo.port}/p/write")
    expect(hers.get_by_role("heading", name="Write to us")).to_be_visible()
    for _ in range(2):
        hers.keyboard.press("Shift")
    expect(hers.locator("form[data-exit] [role=status]")).to_contain_text("press once more")
    hers.keyboard.press("Shift")
    expect(hers.locator("body")).not_to_contain_text("Write to us")
    assert errors == []


def test_without_a_script_she_writes_and_looks_for_the_answer(
    her_browser: Browser, demo: Demo, seat: Seat, contexts: list[BrowserContext]
) -> None:
    reference = invited(demo)
    context = her_browser.new_context(java_script_enabled=False, viewport=PHONE)  # type: ignore[arg-type]
    contexts.append(context)
    hers = context.new_page()
    hers.goto(link_of(demo, reference))
    hers.get_by_role("button", name="Continue").click()
    hers.goto(f"http://localhost:{demo.port}/p/write")
    hers.get_by_label("What you want to say").fill("No camera here")
    hers.get_by_role("button", name="Send").click()
    room = at_her_report(seat, reference)
    said(room, "No camera here")
    room.locator(FIELD).fill("We ring you back")
    room.keyboard.press("Enter")
    expect(room.locator(".kit-chat__lines")).to_contain_text("sent")
    hers.get_by_role("link", name="Look if there is an answer").click()
    said(hers, "We ring you back")
    expect(hers.locator("main")).to_contain_text("Read")
    expect(room.locator(".kit-chat__lines")).to_contain_text("read")
