"""The call, from the link in her text to the closed case, judged by the pictures that arrive."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.axe import assert_accessible
from tests.journeys.given import invited
from tests.journeys.people import Person
from tests.journeys.planes import on_both_planes
from tests.journeys.steps import (
    answer_button,
    both_see_each_other,
    checks_in,
    ends_the_call,
    goes_home,
    goes_on_duty,
    is_hers,
    leaves,
    link_of,
    opens_her_link,
    rows,
    turns_her_camera_on,
)
from tests.running_demo import Demo

pytestmark = on_both_planes
Seat = Callable[[str], Person]


@pytest.fixture
def phone(phone: Person) -> Iterator[Person]:
    """Her phone; whatever step the story leaves her at, she goes, so that nobody waits on."""
    yield phone
    leaves(phone)


@pytest.fixture
def colleague(seat: Seat) -> Iterator[Person]:
    """A second officer, likewise."""
    person = seat("officer-2")
    goes_on_duty(person)
    yield person
    goes_home(person)


@pytest.fixture
def in_call(phone: Person, officer: Person) -> tuple[Person, Person]:
    """The two of them, seeing each other."""
    checks_in(phone)
    expect(answer_button(officer)).to_be_visible()
    officer.page.keyboard.press("Enter")
    both_see_each_other(phone, officer)
    return phone, officer


def test_from_the_link_to_the_closed_case(phone: Person, officer: Person) -> None:
    reference = checks_in(phone, caller_name="Sara Example", children="Two, upstairs")
    desk = officer.page
    expect(desk.locator("#queue")).to_contain_text("Sara Example")
    expect(desk.locator("#queue")).to_contain_text("You are rung")
    # Enter answers, wherever the last press has left the focus.
    expect(answer_button(officer)).to_be_focused()
    desk.keyboard.press("Enter")
    both_see_each_other(phone, officer)
    expect(desk.locator("#case")).to_contain_text(reference)
    expect(desk.locator("#case")).to_contain_text("“apples”")
    desk.get_by_label("Notes").fill("Bruise on the left arm, seen on video.")
    ends_the_call(officer)
    expect(phone.page.get_by_role("heading", name="Thank you")).to_be_visible()
    desk.get_by_label("Crime recorded").check()
    desk.get_by_label("Promise a follow-up").select_option("Take a statement")
    desk.get_by_role("button", name="Promise", exact=True).click()
    expect(desk.locator("#case-promises")).to_contain_text("Take a statement")
    desk.get_by_role("button", name="Close case").click()
    expect(desk.locator("#case")).to_contain_text("Closed at")
    expect(desk.locator("#case")).to_contain_text("Bruise on the left arm")
    _another_case_begins_at_its_top(desk, reference)
    # Nothing of it stays on the phone.
    phone.page.reload(wait_until="domcontentloaded")
    expect(phone.page.get_by_role("heading")).to_have_text("No appointments")
    assert not phone.context.cookies()


def _another_case_begins_at_its_top(desk: Page, reference: str) -> None:
    case = desk.locator("#case")
    case.evaluate("(zone) => zone.scrollTo(0, zone.scrollHeight)")
    assert case.evaluate("(zone) => zone.scrollTop") > 0
    other = desk.locator("[data-case]").filter(has_not_text=reference).first
    shown = other.inner_text()
    other.click()
    expect(case).to_contain_text(shown)
    desk.wait_for_function("() => document.getElementById('case').scrollTop === 0")


def test_a_tap_that_the_network_lost_is_sent_again(phone: Person, demo: Demo) -> None:
    reference = invited(demo)
    page, link = phone.page, link_of(demo, reference)
    page.goto(link, wait_until="networkidle")
    lost: list[str] = []

    def lose(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            # The server has done it; its answer never arrives.
            lost.append(route.fetch().text())
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/s/*", lose)
    turns_her_camera_on(phone)
    assert lost
    page.unroute("**/s/*")
    # One step back is where she was before the text, not the link's page.
    assert page.evaluate("history.length") == 2
    assert page.url.endswith("/p/")
    page.reload(wait_until="domcontentloaded")
    expect(page.get_by_role("heading", name="Are you still on the phone")).to_be_visible()


def test_without_the_script_and_without_a_network_she_is_not_lost(
    phone: Person, demo: Demo
) -> None:
    page, link = phone.page, link_of(demo, invited(demo))
    page.goto(link, wait_until="networkidle")
    phone.context.set_offline(True)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no connection")
    phone.context.set_offline(False)
    # The tap is done by itself as soon as there is a network.
    expect(page.get_by_role("heading", name="Are you still on the phone")).to_be_visible()

    def without_scripts(route: Route) -> None:
        if route.request.method != "GET":
            return route.continue_()
        answer = route.fetch()
        return route.fulfill(
            response=answer, body=re.sub(r"(?s)<script.*?</script>", "", answer.text())
        )

    page.route("**/s/*", without_scripts)
    page.goto(link_of(demo, invited(demo)), wait_until="domcontentloaded")
    assert not page.evaluate("document.scripts.length")
    turns_her_camera_on(phone)
    page.unroute("**/s/*")


def test_a_reload_on_either_side_comes_back_into_the_same_call(
    in_call: tuple[Person, Person], demo: Demo
) -> None:
    phone, officer = in_call
    call = rows(demo, "SELECT id FROM call_call WHERE ended_at IS NULL")
    for person in (phone, officer, phone):
        person.page.reload(wait_until="domcontentloaded")
        both_see_each_other(phone, officer)
    assert rows(demo, "SELECT id FROM call_call WHERE ended_at IS NULL") == call


def test_the_picture_never_stops_for_what_is_done_beside_it(
    in_call: tuple[Person, Person], seat: Seat
) -> None:
    phone, officer = in_call
    desk = officer.page
    desk.evaluate("document.getElementById('remote-video').dataset.same = 'yes'")
    before = officer.sees().frames
    desk.get_by_label("Notes").fill("First line")
    desk.keyboard.press("F12")
    words = desk.locator("#physical-words")
    expect(words).to_contain_text("NOT acknowledged yet")
    control_room = seat("control-room").page
    control_room.get_by_role("button", name="I have it").first.click()
    expect(words).to_contain_text("acknowledged by Call-taker 214")
    # What she had typed meanwhile is still there, and the focus where it was.
    expect(desk.get_by_label("Notes")).to_have_value("First line")
    expect(desk.locator("#remote-video")).to_have_attribute("data-same", "yes")
    assert officer.waits_for_picture().frames > before
    both_see_each_other(phone, officer)


def test_whoever_writes_goes_on_writing_whatever_else_is_pressed(
    in_call: tuple[Person, Person], seat: Seat
) -> None:
    phone, officer = in_call
    desk, notes = officer.page, officer.page.get_by_label("Notes")
    notes.click()
    desk.keyboard.type("He was here ")
    desk.keyboard.press("F12")
    # Single letters act outside fields: m mutes, v turns the camera off.
    desk.keyboard.type("m v ")
    expect(desk.locator("#physical-words")).to_contain_text("NOT acknowledged yet")
    desk.keyboard.press("Alt+e")
    desk.keyboard.type("and left")
    expect(desk.locator("#stage-state")).to_contain_text("The call has ended")
    expect(notes).to_be_focused()
    expect(notes).to_have_value("He was here m v and left")
    expect(desk.get_by_role("button", name="Mute")).to_have_attribute("aria-pressed", "false")
    expect(phone.page.get_by_role("heading", name="Thank you")).to_be_visible()
    seat("control-room").page.get_by_role("button", name="I have it").first.click()
    expect(desk.locator("#physical-words")).to_contain_text("acknowledged by")


def test_a_ring_is_told_when_it_can_be_answered(phone: Person, officer: Person) -> None:
    desk = officer.page
    told = desk.evaluate_handle(
        """() => {
          const region = document.getElementById("ring-words"), told = { answerable: [] };
          const answerable = () => document.getElementById("answer") !== null;
          const note = () => region.textContent && told.answerable.push(answerable());
          new MutationObserver(note).observe(region, { childList: true });
          return told;
        }"""
    )
    reference = checks_in(phone)
    expect(desk.locator("#ring-words")).to_have_text(f"You are rung for {reference}.")
    assert told.json_value() == {"answerable": [True]}


def test_an_answer_is_told_to_whoever_only_listens(phone: Person, officer: Person) -> None:
    reference = checks_in(phone)
    desk = officer.page
    heading = desk.locator("#stage-heading")
    expect(desk.locator("#ring-words")).to_have_text(f"You are rung for {reference}.")
    # From wherever she is: here in the middle of a page that she reads.
    heading.focus()
    desk.keyboard.press("Alt+Enter")
    expect(heading).to_have_text(f"In call with The caller, {reference}")
    expect(heading).to_be_focused()
    expect(desk.locator("#ring-words")).to_be_empty()
    both_see_each_other(phone, officer)
    leaves(phone)
    expect(desk.locator("#stage-state")).to_contain_text("She has left the call")


def test_what_she_turns_off_is_off_and_stays_off(in_call: tuple[Person, Person]) -> None:
    phone, officer = in_call
    words = officer.page.locator("#stage-words")
    phone.page.get_by_role("switch", name="Camera").click()
    expect(words).to_contain_text("Her camera is off")
    phone.page.get_by_role("switch", name="Sound").click()
    expect(words).to_contain_text("Her sound is off")
    phone.page.reload(wait_until="domcontentloaded")
    phone.waits_for_picture()
    expect(phone.page.get_by_role("switch", name="Camera")).not_to_be_checked()
    expect(words).to_contain_text("Her camera is off")
    assert not is_hers(officer.waits_for_picture())
    phone.page.get_by_role("switch", name="Camera").click()
    expect(words).not_to_contain_text("Her camera is off")
    officer.page.keyboard.press("m")
    expect(phone.page.locator("#call-words")).to_contain_text("The officer's sound is off")
    ends_the_call(officer)
    mute = officer.page.get_by_role("button", name="Mute")
    expect(mute).to_have_attribute("aria-pressed", "false")


def test_she_leaves_the_call(in_call: tuple[Person, Person]) -> None:
    phone, officer = in_call
    phone.page.get_by_role("button", name="Leave").click()
    phone.page.get_by_role("button", name="Stay").click()
    both_see_each_other(phone, officer)
    phone.page.get_by_role("button", name="Leave").click()
    phone.page.get_by_role("button", name="End it").click()
    expect(phone.page.get_by_role("heading", name="Thank you")).to_be_visible()
    expect(officer.page.locator("#stage-state")).to_contain_text("She has left the call")


def test_exit_ends_it_on_the_server_first_and_leaves_nothing(
    phone: Person, officer: Person, demo: Demo
) -> None:
    reference = checks_in(phone)
    expect(answer_button(officer)).to_be_visible()
    leaves(phone)
    assert phone.page.url.endswith("/p/over")
    expect(officer.page.locator("#queue")).to_contain_text("Nobody waits")
    assert not phone.context.cookies()
    phone.page.goto(link_of(demo, reference), wait_until="domcontentloaded")
    expect(phone.page.get_by_role("heading")).to_have_text("No appointments")


def test_she_is_told_when_a_patrol_comes_instead(
    phone: Person, officer: Person, seat: Seat
) -> None:
    reference = checks_in(phone)
    expect(answer_button(officer)).to_be_visible()
    control_room = seat("control-room").page
    control_room.goto(f"{control_room.url.rstrip('/')}/reports/{reference}/")
    control_room.keyboard.press("F12")
    control_room.get_by_role("button", name="I have it").click()
    expect(phone.page.get_by_role("heading", name="Somebody is coming to you")).to_be_visible()
    expect(officer.page.locator("#queue")).to_contain_text("Nobody waits")


def test_of_two_officers_who_answer_at_once_one_is_told(
    phone: Person, officer: Person, colleague: Person
) -> None:
    checks_in(phone)
    rung = officer if answer_button(officer).is_visible() else colleague
    other = colleague if rung is officer else officer
    expect(other.page.locator("[data-answer]")).to_be_visible()
    # The other has not heard of it yet when she presses.
    held: list[Route] = []
    # A function of Python's own: the browser's library keeps its own mark on it.
    other.page.route("**/desk/queue", lambda route: held.append(route))  # noqa: PLW0108
    rung.page.locator("#answer").click()
    rung.waits_for_picture()
    other.page.locator("[data-answer]").click()
    expect(other.page.locator("#notices")).to_contain_text("A colleague has answered")
    for route in held:
        route.continue_()
    other.page.unroute("**/desk/queue")


def test_whoever_waits_is_rung_for_again_after_a_pass(phone: Person, officer: Person) -> None:
    checks_in(phone)
    expect(answer_button(officer)).to_be_visible()
    passed_on = officer.page.locator("[data-pass-on]")
    first = passed_on.get_attribute("data-pass-on") or ""
    officer.page.keyboard.press("p")
    # Nobody else is on duty, so the same officer is rung again: nobody who waits is forgotten.
    expect(passed_on).not_to_have_attribute("data-pass-on", first)
    expect(answer_button(officer)).to_be_focused()
    officer.page.keyboard.press("Enter")
    both_see_each_other(phone, officer)


def test_a_second_window_takes_the_call_and_the_first_lets_go(
    in_call: tuple[Person, Person],
) -> None:
    phone, officer = in_call
    second = Person(officer.context.new_page(), officer.demo)
    second.page.goto(officer.page.url, wait_until="domcontentloaded")
    both_see_each_other(phone, second)
    expect(officer.page.locator("#stage-state")).to_contain_text("goes on in another window")
    officer.page.get_by_role("button", name="Use this window").click()
    both_see_each_other(phone, officer)


def _is_readable(page: Page) -> None:
    assert_accessible(page)
    wider = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wider, f"{page.url} scrolls sideways"


def test_every_page_of_the_call_is_accessible(phone: Person, officer: Person) -> None:
    # A small phone: what does not fit here is what a victim with an old one cannot press.
    phone.page.set_viewport_size({"width": 360, "height": 640})
    _is_readable(officer.page)
    opens_her_link(phone, caller_name="Sara Example", children="Two")
    _is_readable(phone.page)
    turns_her_camera_on(phone)
    _is_readable(phone.page)
    phone.page.get_by_role("button", name="I am ready").click()
    expect(answer_button(officer)).to_be_visible()
    _is_readable(phone.page)
    _is_readable(officer.page)
    officer.page.keyboard.press("Enter")
    both_see_each_other(phone, officer)
    _is_readable(phone.page)
    _is_readable(officer.page)
    officer.page.keyboard.press("F12")
    expect(officer.page.locator("#physical-words")).to_contain_text(re.compile("Asked"))
    _is_readable(officer.page)
    ends_the_call(officer)
    expect(phone.page.get_by_role("heading", name="Thank you")).to_be_visible()
    _is_readable(phone.page)
    _is_readable(officer.page)
    phone.page.reload(wait_until="domcontentloaded")
    _is_readable(phone.page)


def test_the_desk_reflows_at_twice_the_size(in_call: tuple[Person, Person]) -> None:
    _, officer = in_call
    # 200% on a screen of 1440 by 900 is half as many pixels of the page's own.
    officer.page.set_viewport_size({"width": 720, "height": 450})
    _is_readable(officer.page)
    officer.waits_for_picture()
