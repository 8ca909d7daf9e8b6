"""What can go wrong before the video, each told in a page of its own, with a way on.

Where Chromium cannot be brought to fail by itself, its one answer is replaced: the test says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from tests.journeys.browsers import GREEN, PHONE, launch, solid_film
from tests.journeys.her_pages import ANDROID, IN_FACEBOOK, IPHONE
from tests.journeys.people import Person
from tests.journeys.steps import (
    ends_the_call,
    goes_home,
    goes_on_duty,
    leaves,
    opens_her_link,
    until,
)
from tests.running_demo import Demo

LINK = "SELECT trouble, rung, rung_why FROM invitation_invitation i JOIN cases_case c"
IN_INSTAGRAM = ANDROID.replace("Pixel 7", "Pixel 7; wv") + " Instagram 300.0.0.0 Android"

# The first answers of the browser, as a phone gives them; everything behind them is ours and real.
_FAILS = """({name, message, kind}) => {
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  window.failing = true;
  navigator.mediaDevices.getUserMedia = (wanted) => window.failing && (!kind || wanted[kind])
    ? Promise.reject(new DOMException(message, name)) : real(wanted);
}"""

NewPhone = Callable[..., Person]


@pytest.fixture(scope="module", autouse=True)
def known_by_another_name() -> Iterator[None]:
    """The demo has a name that no browser takes for a secure one, too."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("OPENRVR_HOSTS", "localhost,127.0.0.1,plain.test")
        yield


@pytest.fixture
def new_phone(playwright: Playwright, demo: Demo, tmp_path: Path) -> Iterator[NewPhone]:
    """`new_phone(*flags, without=..., **context)`: a phone whose browser is started so."""
    browsers: list[Browser] = []
    phones: list[Person] = []

    def start(*flags: str, without: tuple[str, ...] = (), **context: Any) -> Person:
        film = None if without else solid_film(tmp_path / "green.y4m", GREEN)
        browser = launch(playwright, film, *flags, without=without)
        browsers.append(browser)
        opened: BrowserContext = browser.new_context(
            viewport={"width": PHONE["width"], "height": PHONE["height"]},
            has_touch=True,
            is_mobile=True,
            device_scale_factor=2,
            **{"user_agent": ANDROID, **context},
        )
        phones.append(Person(opened.new_page(), demo))
        return phones[-1]

    yield start
    for phone in phones:
        leaves(phone)
    for browser in browsers:
        browser.close()


ASKS = "--use-fake-ui-for-media-stream"
HAS_DEVICES = "--use-fake-device-for-media-stream"
BOTH = ["camera", "microphone"]


def _to_the_camera(phone: Person) -> str:
    reference = opens_her_link(phone)
    phone.page.get_by_role("button", name="Continue").click()
    expect(phone.page.locator("#open-camera")).to_be_enabled()
    return reference


def _taps(phone: Person) -> None:
    phone.page.get_by_role("button", name="No: turn on camera and sound").click()


def _is_told(phone: Person, heading: str) -> None:
    """The page of the trouble: readable at both sizes, this phone's help first, no scrolling."""
    page = phone.page
    expect(page.get_by_role("heading", name=heading)).to_be_focused()
    summary = page.locator("#trouble details summary")
    expect(summary).to_have_text("Is your phone an iPhone?")
    summary.click()
    expect(page.locator("#trouble svg")).to_have_count(2)
    for width, height in ((PHONE["width"], PHONE["height"]), (320, 568)):
        page.set_viewport_size({"width": width, "height": height})
        _is_readable(page)
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})


def _is_readable(page: Page) -> None:
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def _staff_know(phone: Person, reference: str, *, trouble: str, rung: str = "video") -> None:
    until(
        phone.demo,
        f"{LINK} ON c.id = i.case_id WHERE c.reference = %s",
        reference,
        holds=lambda found: found[0][:2] == (trouble, rung),
    )


def _is_ready(phone: Person, words: str) -> None:
    expect(phone.page.get_by_role("button", name="I am ready")).to_be_visible()
    expect(phone.page.locator("p[data-with]:visible")).to_contain_text(words)


def test_refused_and_remembered_then_allowed(new_phone: NewPhone) -> None:
    phone = new_phone(without=(ASKS,))
    reference = _to_the_camera(phone)
    _taps(phone)
    _is_told(phone, "The camera and the sound are blocked")
    _staff_know(phone, reference, trouble="blocked")
    phone.context.grant_permissions(BOTH)
    phone.page.get_by_role("button", name="Try again").click()
    _is_ready(phone, "Nobody sees or hears you yet")
    _staff_know(phone, reference, trouble="")


def test_whoever_went_down_to_writing_comes_back_up_with_the_same_tap(new_phone: NewPhone) -> None:
    phone = new_phone(without=(ASKS,))
    reference = _to_the_camera(phone)
    _taps(phone)
    _is_told(phone, "The camera and the sound are blocked")
    phone.page.get_by_role("button", name="Write instead").click()
    expect(phone.page.get_by_role("heading", name="Go on without video")).to_be_focused()
    _is_ready(phone, "you write to each other")
    _staff_know(phone, reference, trouble="blocked", rung="text")
    phone.context.grant_permissions(BOTH)
    phone.page.reload(wait_until="domcontentloaded")
    _taps(phone)
    expect(phone.page.get_by_role("heading", name="This is how you will be seen")).to_be_focused()
    _is_ready(phone, "Nobody sees or hears you yet")
    _staff_know(phone, reference, trouble="")


def test_camera_blocked_and_sound_allowed(new_phone: NewPhone) -> None:
    phone = new_phone(without=(ASKS,), permissions=["microphone"])
    reference = _to_the_camera(phone)
    _taps(phone)
    _is_told(phone, "The camera is blocked")
    _staff_know(phone, reference, trouble="camera-blocked")
    phone.page.get_by_role("button", name="Go on without picture").click()
    _is_ready(phone, "your sound works")
    _staff_know(phone, reference, trouble="camera-blocked", rung="sound")
    phone.page.get_by_role("button", name="I am ready").click()
    expect(phone.page.get_by_role("heading", name="An officer will appear here")).to_be_visible()


def test_microphone_blocked_and_camera_allowed(new_phone: NewPhone) -> None:
    phone = new_phone(without=(ASKS,), permissions=["camera"])
    reference = _to_the_camera(phone)
    _taps(phone)
    _is_told(phone, "The sound is blocked")
    _staff_know(phone, reference, trouble="microphone-blocked")
    phone.page.get_by_role("button", name="Go on without sound").click()
    _is_ready(phone, "There is no sound, but your picture works.")


def test_a_microphone_and_no_camera(new_phone: NewPhone) -> None:
    phone = new_phone(f"{HAS_DEVICES}=device-count=0", without=(HAS_DEVICES,), permissions=BOTH)
    reference = _to_the_camera(phone)
    _taps(phone)
    _is_told(phone, "We found no camera")
    _staff_know(phone, reference, trouble="no-camera")


def test_neither_camera_nor_microphone(new_phone: NewPhone) -> None:
    phone = new_phone(without=(HAS_DEVICES,), permissions=BOTH)
    reference = _to_the_camera(phone)
    _taps(phone)
    _is_told(phone, "We found no camera and no microphone")
    _staff_know(phone, reference, trouble="nothing-found")
    phone.page.get_by_role("button", name="Write instead").click()
    _is_ready(phone, "you write to each other")
    _staff_know(phone, reference, trouble="nothing-found", rung="text")


@pytest.mark.parametrize(
    ("failure", "trouble", "heading"),
    [
        # Chromium under test is never asked anything, so nobody can wave the question away.
        (("NotAllowedError", "Permission dismissed", ""), "refused", "We cannot see you yet"),
        # Its own words where the system, not she, keeps the camera from it.
        (
            ("NotAllowedError", "Permission denied by system", ""),
            "blocked-by-phone",
            "Your phone keeps the camera shut",
        ),
        # The made-up camera of a test can be had by two at once.
        (("NotReadableError", "", "video"), "camera-in-use", "Another app has the camera"),
        # It comes with a made-up microphone, whatever the flags.
        (("NotFoundError", "", "audio"), "no-microphone", "We found no microphone"),
        (("InvalidStateError", "", ""), "unknown", "The camera did not start"),
    ],
)
def test_what_chromium_cannot_be_brought_to(
    new_phone: NewPhone, failure: tuple[str, str, str], trouble: str, heading: str
) -> None:
    phone = new_phone(permissions=BOTH)
    reference = _to_the_camera(phone)
    name, message, kind = failure
    phone.page.evaluate(_FAILS, {"name": name, "message": message, "kind": kind})
    _taps(phone)
    _is_told(phone, heading)
    _staff_know(phone, reference, trouble=trouble)
    phone.page.evaluate("window.failing = false")
    phone.page.get_by_role("button", name="Try again").click()
    _is_ready(phone, "Nobody sees or hears you yet")
    _staff_know(phone, reference, trouble="")


def test_an_app_around_the_page_is_left_before_the_link_is_used(new_phone: NewPhone) -> None:
    phone = new_phone(user_agent=IN_FACEBOOK, permissions=[*BOTH, "clipboard-read"])
    reference = opens_her_link(phone)
    page = phone.page
    expect(page.get_by_role("heading", name="Open this page in Safari")).to_be_visible()
    expect(page.get_by_text("inside Facebook")).to_be_visible()
    _is_readable(page)
    page.set_viewport_size({"width": 320, "height": 568})
    _is_readable(page)
    # The call-taker has her on the line, and can tell her the way out.
    _staff_know(phone, reference, trouble="in-app")
    page.get_by_role("button", name="Copy the link").click()
    expect(page.get_by_role("status").get_by_text("Copied.")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.url

    # In the phone's own browser, where she pastes it, it works.
    safari = new_phone(user_agent=IPHONE, permissions=BOTH)
    safari.page.goto(copied, wait_until="domcontentloaded")
    safari.page.get_by_role("button", name="Continue").click()
    expect(safari.page.locator("#open-camera")).to_be_enabled()
    _staff_know(phone, reference, trouble="")


def test_without_a_clipboard_the_link_is_there_to_be_taken(new_phone: NewPhone) -> None:
    phone = new_phone(user_agent=IN_INSTAGRAM)
    # Chromium always has one; many an app has neither.
    phone.page.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', {value: undefined});"
        "document.execCommand = () => false;"
    )
    opens_her_link(phone)
    page = phone.page
    link = page.get_by_role("link", name="Open in my browser")
    host = page.url.split("//")[1]
    assert (link.get_attribute("href") or "").startswith(f"intent://{host}#Intent;scheme=http;")
    page.get_by_role("button", name="Copy the link").click()
    expect(page.get_by_text("Hold your finger on the link")).to_be_visible()
    assert page.evaluate("getSelection().toString()") == page.url


def test_whoever_goes_on_inside_the_app_is_helped_there(new_phone: NewPhone) -> None:
    phone = new_phone(without=(ASKS,), user_agent=IN_INSTAGRAM)
    reference = opens_her_link(phone)
    phone.page.get_by_role("link", name="Go on here all the same").click()
    phone.page.get_by_role("button", name="Continue").click()
    _taps(phone)
    _is_told(phone, "This app does not let us use the camera")
    _staff_know(phone, reference, trouble="in-app")


def test_a_browser_without_calls(new_phone: NewPhone) -> None:
    phone = new_phone(permissions=BOTH)
    # No flag takes it from Chromium any more; old phones never had it.
    phone.page.add_init_script("delete window.RTCPeerConnection")
    reference = opens_her_link(phone)
    expect(phone.page.get_by_role("heading", name="Open this page in Chrome")).to_be_visible()
    phone.page.get_by_role("link", name="Go on here all the same").click()
    phone.page.get_by_role("button", name="Continue").click()
    # Told at once: no tap could have worked.
    _is_told(phone, "This browser cannot do video")
    _staff_know(phone, reference, trouble="no-video")
    phone.page.get_by_role("button", name="Ring me back").click()
    expect(phone.page.get_by_role("heading", name="You can still reach us")).to_be_visible()


def test_an_address_that_is_not_secure(new_phone: NewPhone) -> None:
    phone = new_phone("--host-resolver-rules=MAP plain.test 127.0.0.1", permissions=[])
    reference = opens_her_link(phone)
    phone.page.goto(phone.page.url.replace("localhost", "plain.test"))
    phone.page.get_by_role("button", name="Continue").click()
    _is_told(phone, "This page came the wrong way")
    _staff_know(phone, reference, trouble="insecure")


def test_without_scripts(new_phone: NewPhone) -> None:
    phone = new_phone(java_script_enabled=False)
    reference = opens_her_link(phone)
    page = phone.page
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading")).to_have_text("Your browser cannot show video here")
    # Nothing is offered that only a script could do.
    expect(page.get_by_role("button")).to_have_text("Go on without video")
    page.get_by_role("link", name="How to switch it on").click()
    expect(page.get_by_role("heading", name="How to switch JavaScript on")).to_be_visible()
    page.get_by_role("link", name="Try again").click()
    page.get_by_role("button", name="Go on without video").click()
    expect(page.get_by_role("heading", name="You can still reach us")).to_be_visible()
    _staff_know(phone, reference, trouble="", rung="plain")


def test_by_keyboard_alone(new_phone: NewPhone) -> None:
    phone = new_phone(permissions=BOTH)
    opens_her_link(phone)
    page, press = phone.page, phone.page.keyboard.press

    def reach(name: str, role: Any = "button") -> None:
        target = page.get_by_role(role, name=name)
        for _ in range(30):
            press("Tab")
            if target.evaluate("(element) => element === document.activeElement"):
                return press("Enter")
        raise AssertionError(f"Tab does not reach {name}")

    reach("Continue")
    expect(page.get_by_role("heading", name="Are you still on the phone")).to_be_focused()
    page.evaluate(_FAILS, {"name": "NotReadableError", "message": "", "kind": "video"})
    reach("No: turn on camera and sound")
    expect(page.get_by_role("heading", name="Another app has the camera")).to_be_focused()
    reach("Go on without picture")
    expect(page.get_by_role("heading", name="Go on without video")).to_be_focused()
    reach("I am ready")
    expect(page.get_by_role("heading", name="An officer will appear here")).to_be_focused()


def test_the_staff_read_the_same_line(new_phone: NewPhone, seat: Callable[[str], Person]) -> None:
    line = "No camera was found on her phone: she can go on without picture."
    phone = new_phone(f"{HAS_DEVICES}=device-count=0", without=(HAS_DEVICES,), permissions=BOTH)
    reference = _to_the_camera(phone)
    room = seat("control-room").page
    room.goto(f"{room.url.rstrip('/')}/reports/{reference}/")
    _taps(phone)
    expect(room.locator("#verdict")).to_have_text(f"Stay on the line. {line}")
    phone.page.get_by_role("button", name="Go on without picture").click()
    phone.page.get_by_role("button", name="I am ready").click()
    officer = seat("officer")
    goes_on_duty(officer)
    expect(officer.page.locator("#queue")).to_contain_text(line)
    officer.page.locator("#answer").click()
    expect(officer.page.locator("#her-phone")).to_have_text(line)
    ends_the_call(officer)
    goes_home(officer)


def test_what_is_not_there_is_not_shown_as_on(
    new_phone: NewPhone, seat: Callable[[str], Person]
) -> None:
    phone, officer = new_phone(without=(ASKS,), permissions=BOTH), seat("officer")
    _to_the_camera(phone)
    _taps(phone)
    phone.page.get_by_role("button", name="I am ready").click()
    goes_on_duty(officer)
    officer.page.locator("#answer").click()
    officer.waits_for_picture()
    for further in ("Use less data", "Sound only", "Write instead"):
        phone.page.get_by_role("button", name=further).click()
    phone.context.clear_permissions()
    phone.page.get_by_role("button", name="Video again").click()
    expect(phone.page.get_by_role("button", name="Go on with the call")).to_be_visible()
    camera, sound = (phone.page.get_by_role("switch", name=name) for name in ("Camera", "Sound"))
    expect(camera).not_to_be_checked()
    expect(sound).not_to_be_checked()
    camera.click()
    expect(phone.page.locator("#call-state")).to_contain_text("settings")
    expect(camera).not_to_be_checked()
    # She has allowed it: the switch that says so turns it on.
    phone.context.grant_permissions(BOTH)
    camera.click()
    officer.waits_for_picture()
    expect(camera).to_be_checked()
    expect(sound).to_be_checked()
    ends_the_call(officer)
    goes_home(officer)
