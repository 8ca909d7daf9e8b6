"""What she tells without a sound, and what nobody beside her sees or hears of it."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Page, Route, expect

from tests.journeys.axe import assert_accessible
from tests.journeys.people import Person
from tests.journeys.planes import on_both_planes, whichever_plane
from tests.journeys.steps import (
    answer_button,
    both_see_each_other,
    checks_in,
    ends_the_call,
    leaves,
    rows,
    until,
)
from tests.running_demo import Demo

pytestmark = on_both_planes
Seat = Callable[[str], Person]

# What a bystander could see, hear or feel is noted from now on; what ticks by itself is no news.
_WATCH = """() => {
  window.noticed = [];
  const ticks = (node) => (node.nodeType === 3 ? node.parentElement : node)?.closest?.("time");
  new MutationObserver((changes) => {
    for (const { target, type, attributeName } of changes) {
      if (ticks(target) || target.id === "data-used") continue;
      noticed.push(`${type} ${attributeName ?? ""} ${target.nodeName} ${target.id}`);
    }
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
  navigator.vibrate = () => noticed.push("vibrate");
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () { noticed.push("play"); return play.call(this); };
  for (const name of ["AudioContext", "SpeechSynthesisUtterance", "Notification"]) {
    const real = window[name];
    if (real) window[name] = new Proxy(real, { construct: (...all) => {
      noticed.push(name);
      return Reflect.construct(...all);
    } });
  }
}"""


@pytest.fixture
def phone(phone: Person) -> Iterator[Person]:
    """Her phone; whatever step the story leaves her at, she goes, so that nobody waits on."""
    yield phone
    phone.page.unroute_all(behavior="ignoreErrors")
    leaves(phone)


@pytest.fixture
def reference(phone: Person, officer: Person) -> str:
    """Of her report: she waits, and an officer is on duty."""
    return checks_in(phone, caller_name="Sara Example")


@pytest.fixture
def in_call(phone: Person, officer: Person, reference: str) -> tuple[Person, Person]:
    expect(answer_button(officer)).to_be_visible()
    officer.page.keyboard.press("Enter")
    both_see_each_other(phone, officer)
    # The last that comes to her screen by itself.
    expect(phone.page.locator("#recorded")).to_be_visible()
    return phone, officer


def _reaches_the_clock_by_key(page: Page) -> None:
    for _ in range(40):
        if page.evaluate("document.activeElement.id") == "clock":
            return
        page.keyboard.press("Tab")
    pytest.fail("The clock is not reached with Tab")


def _holds(page: Page, *, by: str) -> bytes:
    """She holds the clock until it is sent; `by` is finger, mouse, key or taps.

    Returns how her screen looks when it is sent, and still held.
    """
    clock = page.locator("#clock")
    box = clock.bounding_box()
    assert box
    at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    glass = page.context.new_cdp_session(page)

    def touch(kind: str, *points: dict[str, float]) -> None:
        glass.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    def press() -> None:
        page.mouse.move(at["x"], at["y"])
        page.mouse.down()

    def taps() -> None:
        """As a screen reader does it, which cannot hold."""
        for _ in range(3):
            clock.dispatch_event("click")

    begins: dict[str, Callable[[], None]] = {
        "finger": lambda: touch("touchStart", at),
        "mouse": press,
        "key": lambda: page.keyboard.down(" "),
        "taps": taps,
    }
    ends: dict[str, Callable[[], None]] = {
        "finger": lambda: touch("touchEnd"),
        "mouse": page.mouse.up,
        "key": lambda: page.keyboard.up(" "),
        "taps": lambda: None,
    }
    with page.expect_response("**/p/alarm"):
        begins[by]()
    held = _looks(page)
    ends[by]()
    return held


# Every clock says the same, in the colours it has; the pictures and the data used keep their place.
_BY_ITSELF = """
  time { font-size: 0 !important; }
  time::after { font-size: 1rem; content: "9 s"; }
  video, #data-used { visibility: hidden !important; }
  *, ::before, ::after { animation: none !important; }
"""
# The style that Playwright would put into the page is refused by the policy of the page, and it,
# unlike this, is a change that _WATCH notices.
_STILL = """(style) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  document.adoptedStyleSheets.push(sheet);
}"""
_AGAIN = "() => { document.adoptedStyleSheets.pop(); }"


def _looks(page: Page) -> bytes:
    """Her screen, without what changes by itself: clocks, data used, both pictures."""
    page.evaluate(_STILL, _BY_ITSELF)
    glass = page.context.new_cdp_session(page)
    picture: str = glass.send("Page.captureScreenshot", {"format": "png"})["data"]
    glass.detach()
    page.evaluate(_AGAIN)
    return b64decode(picture)


# Drawn anew, the edge of a letter or a line is rounded otherwise; a highlight of a tap is more.
_ROUNDED = 3


def _changed(before: bytes, now: bytes) -> tuple[int, int, int, int] | None:
    """Where two pictures of her screen differ: None is nowhere."""
    one, other = (Image.open(BytesIO(picture)).convert("RGB") for picture in (before, now))
    seen = [0 if by <= _ROUNDED else 255 for by in range(256)]
    return ImageChops.difference(one, other).point(seen * 3).getbbox()


@pytest.mark.parametrize("by", ["finger", "key"])
def test_while_she_waits_the_call_taker_sees_it_and_nothing_shows_on_her_phone(
    phone: Person, seat: Seat, demo: Demo, by: str
) -> None:
    room = seat("control-room").page
    colleague = seat("control-room-2").page
    reference = checks_in(phone, caller_name="Sara Example")
    page = phone.page
    expect(page.locator("#silent-alarm")).to_contain_text("Hold the clock at the top")
    assert_accessible(page)
    if by == "key":
        _reaches_the_clock_by_key(page)
    before = _looks(page)
    page.evaluate(_WATCH)
    assert _changed(before, _holds(page, by=by)) is None
    band = room.locator("#silent-alarms")
    expect(band).to_contain_text("Silent alarm: Sara Example, 1 Example Street")
    expect(band).to_contain_text(reference)
    assert_accessible(room)
    assert page.evaluate("noticed") == []
    assert _changed(before, _looks(page)) is None
    # Her telephone would hear a sound of the room that she is on the line with.
    assert room.locator("[data-sounding]").count() == 0
    expect(colleague.locator("#silent-alarms section")).to_have_count(0)
    room.get_by_role("button", name="Send a patrol").click()
    expect(band.locator("section")).to_have_count(0)
    expect(room.locator("#alarms")).to_contain_text("Silent alarm from her phone")
    room.locator("#alarms").get_by_role("button", name="I have it").first.click()
    until(
        demo,
        "SELECT outcome FROM silent_silentalarm a JOIN cases_case c ON c.id = a.case_id"
        " WHERE c.reference = %s",
        reference,
        holds=lambda found: found == [("patrol",)],
    )


@pytest.mark.parametrize("by", ["finger", "mouse", "key", "taps"])
def test_in_the_call_the_officer_sees_it_at_once_and_she_sees_nothing(
    in_call: tuple[Person, Person], by: str
) -> None:
    phone, officer = in_call
    page, desk = phone.page, officer.page
    if by == "key":
        _reaches_the_clock_by_key(page)
    before = _looks(page)
    page.evaluate(_WATCH)
    assert _changed(before, _holds(page, by=by)) is None
    expect(desk.locator("#stage-words")).to_contain_text("SILENT ALARM at")
    expect(desk.locator("#silent-alarms")).to_contain_text("Silent alarm: Sara Example")
    expect(desk).to_have_title("\u25cf SILENT ALARM")
    assert desk.locator("[data-sounding]").count() == 0
    if by == "finger":
        assert_accessible(desk)
    assert page.evaluate("noticed") == []
    assert _changed(before, _looks(page)) is None
    # It is there after a reload, and goes with one press and a reason.
    desk.reload(wait_until="domcontentloaded")
    expect(desk.locator("#silent-alarms")).to_contain_text("Silent alarm: Sara Example")
    desk.get_by_label("Why no patrol is needed").fill("Her child held the phone")
    desk.get_by_role("button", name="Not needed").click()
    expect(desk.locator("#silent-alarms section")).to_have_count(0)
    both_see_each_other(phone, officer)
    expect(desk.locator("#stage-words")).not_to_contain_text("SILENT ALARM")
    ends_the_call(officer)


def test_a_short_press_or_one_that_moves_on_is_none(
    in_call: tuple[Person, Person], demo: Demo
) -> None:
    phone, officer = in_call
    page = phone.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.install()
    clock = page.locator("#clock")
    clock.hover()
    page.mouse.down()
    # The page's clock goes on meanwhile: on a busy machine by some hundred milliseconds.
    page.clock.run_for(1_000)
    page.mouse.up()
    page.clock.run_for(5_000)
    clock.hover()
    page.mouse.down()
    page.mouse.move(200, 400)
    page.clock.run_for(3_000)
    page.mouse.up()
    page.clock.run_for(7_000)
    # A tap and the click that comes with it are one.
    clock.click()
    clock.click()
    assert not [url for url in asked if url.endswith("/p/alarm")]
    page.clock.resume()
    ends_the_call(officer)


def test_when_her_way_to_the_server_is_cut_the_call_carries_it_and_it_is_one_alarm(
    in_call: tuple[Person, Person], reference: str, demo: Demo
) -> None:
    phone, officer = in_call
    page, desk = phone.page, officer.page
    cut: list[Route] = []

    def lose(route: Route) -> None:
        cut.append(route)
        route.abort("connectionreset")

    page.route("**/p/alarm", lose)
    page.evaluate(_WATCH)
    page.locator("#clock").hover()
    page.mouse.down()
    expect(desk.locator("#silent-alarms")).to_contain_text("Silent alarm: Sara Example")
    page.mouse.up()
    assert cut
    # Her way is there again: what she still sends is the same press.
    with page.expect_response("**/p/alarm") as answer:
        page.unroute("**/p/alarm", lose)
    assert answer.value.ok
    assert page.evaluate("noticed") == []
    found = rows(
        demo,
        "SELECT p.came_by FROM silent_alarmpress p JOIN silent_silentalarm a ON a.id = p.alarm_id"
        " JOIN cases_case c ON c.id = a.case_id"
        " WHERE c.reference = %s AND a.settled_at IS NULL",
        reference,
    )
    assert found == [("the officer's browser",)]
    desk.keyboard.press("F8")
    expect(desk.locator("#silent-alarms section")).to_have_count(0)
    expect(desk.locator("#physical-words")).to_contain_text("Asked")
    expect(desk.locator("#physical-words")).to_contain_text("do not speak of it")
    ends_the_call(officer)


@whichever_plane
def test_it_outlives_a_killed_service(
    in_call: tuple[Person, Person], reference: str, demo: Demo
) -> None:
    phone, officer = in_call
    _holds(phone.page, by="mouse")
    desk = officer.page
    expect(desk.locator("#silent-alarms")).to_contain_text("Silent alarm: Sara Example")
    demo.kill("web")
    demo.kill("worker")
    demo.recovers()
    # Nobody presses: the ladder goes on, and asks for the patrol itself.
    until(
        demo,
        "SELECT r.reason LIKE 'Not kept in time%%silent alarm%%'"
        " FROM escalation_physicalrequest r JOIN cases_case c ON c.id = r.case_id"
        " WHERE c.reference = %s",
        reference,
        holds=lambda found: found == [(True,)],
    )
    desk.reload(wait_until="domcontentloaded")
    both_see_each_other(phone, officer)
    expect(desk.locator("#stage-words")).to_contain_text("SILENT ALARM at")
    ends_the_call(officer)


def test_she_says_who_hears_her_with_a_tap(
    phone: Person, officer: Person, seat: Seat, demo: Demo
) -> None:
    room = seat("control-room").page
    reference = checks_in(phone, caller_name="Sara Example")
    room.goto(f"http://localhost:{demo.port}/control-room/reports/{reference}/")
    page, desk = phone.page, officer.page
    start = page.locator("#hearing-at-start")
    expect(start).to_contain_text("Can anyone hear you?")
    start.get_by_role("button", name="No, I am alone").click()
    expect(start.get_by_role("button", name="No, I am alone")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(room.locator("#heard-card")).to_contain_text("She is alone")
    # On the row of whom the officer is rung for, too, though it was drawn before.
    expect(desk.locator("#queue-list")).to_contain_text("She is alone")
    assert_accessible(page)
    page.reload(wait_until="domcontentloaded")
    expect(start.get_by_role("button", name="No, I am alone")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(answer_button(officer)).to_be_visible()
    desk.keyboard.press("Enter")
    both_see_each_other(phone, officer)
    words = desk.locator("#stage-words")
    expect(words).to_contain_text(re.compile(r"She is alone, she says \(\d\d:\d\d:\d\d\)"))
    sheet = page.locator("#hearing")
    expect(sheet).to_be_hidden()

    page.evaluate(_WATCH)
    desk.locator("#stage-heading").focus()
    desk.keyboard.press("h")
    expect(words).to_contain_text("no answer yet")
    expect(sheet).to_be_visible()
    assert_accessible(page)
    sheet.get_by_role("button", name="Somebody may hear me").click()
    expect(sheet).to_be_hidden()
    expect(words).to_contain_text("Somebody may hear, she says")
    expect(desk.locator("#heard-card")).to_contain_text("Somebody may hear")
    expect(room.locator("#heard-card")).to_contain_text("Somebody may hear")
    assert not {"vibrate", "play", "AudioContext"} & set(page.evaluate("noticed"))
    # Her picture, and the officer's, went on all the while.
    both_see_each_other(phone, officer)
    # A reload does not ask again what she has answered.
    page.reload(wait_until="domcontentloaded")
    phone.waits_for_picture()
    expect(sheet).to_be_hidden()
    ends_the_call(officer)
