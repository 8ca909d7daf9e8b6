"""Exit this page, in a browser that goes to another site: nothing leads back, nothing stays."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, Route, expect
from playwright.sync_api import Error as PlaywrightError

from tests.journeys.axe import assert_accessible
from tests.journeys.browsers import FLAGS, GREEN, PHONE, chromium, solid_film
from tests.journeys.demos import leaving_for, second_start
from tests.journeys.everyday_site import EverydaySite, everyday_site
from tests.journeys.given import invited
from tests.journeys.people import Person
from tests.journeys.steps import (
    answer_button,
    both_see_each_other,
    checks_in,
    link_of,
    opens_before_an_upgrade,
    opens_her_link,
    turns_her_camera_on,
    until,
)
from tests.running_demo import PATIENCE, Demo

# What a browser remembers of any site, and no site can delete: where it has been, how it looked in
# the address bar, and that it was allowed the camera.
ITS_OWN = (
    "Default/DIPS",
    "Default/Favicons",
    "Default/History",
    "Default/Media History",
    "Default/MediaDeviceSalts",
    "Default/Network Action Predictor",
    "Default/Network Persistent State",
    "Default/Network/Network Persistent State",
    "Default/Preferences",
    "Default/Secure Preferences",
    "Default/Sessions/",
    "Default/Shortcuts",
    "Default/Site Characteristics Database/",
    "Default/Top Sites",
    "Default/Visited Links",
    "segmentation_platform/",
)


@pytest.fixture(scope="module")
def site() -> Iterator[EverydaySite]:
    with everyday_site() as serving:
        yield serving


@pytest.fixture(scope="module")
def demo(started_before: Path, site: EverydaySite) -> Iterator[Demo]:
    """A demo of a force that leaves her at that site."""
    with second_start(started_before, leaving_for(site.address)) as started:
        yield started


@pytest.fixture
def phone(phone: Person, site: EverydaySite) -> Iterator[Person]:
    """Her phone, on which another page was open before the text came."""
    phone.page.goto(f"{site.address}?before")
    site.referers.clear()
    yield phone
    # Whatever step the story has broken off at: nobody waits on.
    if phone.page.get_by_role("link", name="Exit this page").count():
        phone.page.unroute_all(behavior="ignoreErrors")
        _exit(phone.page)
        expect(phone.page.get_by_role("heading")).to_have_text("Dry and bright")


def _exit(page: Page) -> None:
    page.get_by_role("link", name="Exit this page").click()


def _is_away(phone: Person, site: EverydaySite) -> None:
    """At the everyday page, which was told nothing; a step back is not ours."""
    page = phone.page
    expect(page.get_by_role("heading")).to_have_text("Dry and bright")
    assert page.url == site.address
    assert site.referers[-1] == ""
    page.go_back()
    assert page.url == f"{site.address}?before"
    # With the server's answer, which the page did not wait for.
    deadline = time.monotonic() + PATIENCE
    while left := phone.context.cookies():
        assert time.monotonic() < deadline, left
        page.wait_for_timeout(50)


def _ended(demo: Demo, reference: str) -> None:
    until(
        demo,
        "SELECT i.ended_at FROM invitation_invitation i JOIN cases_case c ON c.id = i.case_id"
        " WHERE c.reference = %s",
        reference,
        holds=lambda found: found[-1][0] is not None,
    )


def test_from_the_page_behind_the_link(phone: Person, site: EverydaySite) -> None:
    opens_her_link(phone)
    expect(phone.page.locator("html[data-exits]")).to_be_attached()
    _exit(phone.page)
    _is_away(phone, site)


def test_while_she_waits(phone: Person, site: EverydaySite, demo: Demo) -> None:
    reference = checks_in(phone)
    _exit(phone.page)
    _is_away(phone, site)
    _ended(demo, reference)
    phone.page.goto(link_of(demo, reference), wait_until="domcontentloaded")
    expect(phone.page.get_by_role("heading")).to_have_text("No appointments")


def test_from_the_call_it_is_over_for_the_officer_too(
    phone: Person, officer: Person, site: EverydaySite
) -> None:
    checks_in(phone)
    expect(answer_button(officer)).to_be_visible()
    officer.page.keyboard.press("Enter")
    both_see_each_other(phone, officer)
    for _ in range(3):
        phone.page.keyboard.press("Shift")
    _is_away(phone, site)
    expect(officer.page.locator("#stage-state")).to_contain_text("She has left the call")


# Read in the very moment of the press: whoever looks over her shoulder looks then.
_PRESSED = """() => {
  document.querySelector(".phone__exit").click();
  return {
    shown: document.body.innerText.trim(),
    sounds: [...document.querySelectorAll("video")].some((video) => !video.muted),
  };
}"""


def test_the_page_is_empty_and_silent_at_once_and_does_not_wait_for_a_slow_server(
    phone: Person, site: EverydaySite
) -> None:
    checks_in(phone)
    page = phone.page
    held: list[Route] = []
    # A function of Python's own: the browser's library keeps its own mark on it.
    page.route("**/p/leave", lambda route: held.append(route))  # noqa: PLW0108
    assert page.evaluate(_PRESSED) == {"shown": "Loading", "sounds": False}
    expect(page.get_by_role("heading")).to_have_text("Dry and bright")
    # Asked first, and not answered to this moment.
    assert len(held) == 1
    page.unroute_all(behavior="ignoreErrors")


def test_before_the_script_has_come_the_button_is_a_forms(
    phone: Person, site: EverydaySite, demo: Demo
) -> None:
    reference = opens_her_link(phone)
    phone.page.get_by_role("button", name="Continue").click()
    expect(phone.page.get_by_role("heading", name="Are you still on the phone")).to_be_visible()
    phone.page.route("**/*.js", lambda route: route.abort())
    phone.page.reload(wait_until="domcontentloaded")
    with phone.page.expect_request("**/p/leave") as left:
        _exit(phone.page)
    assert left.value.is_navigation_request()
    expect(phone.page.get_by_role("heading")).to_have_text("Dry and bright")
    assert site.referers[-1] == ""
    _ended(demo, reference)
    assert not phone.context.cookies()
    phone.page.unroute("**/*.js")
    _nothing_behind(phone, site)


def test_a_script_that_comes_late_does_not_call_her_back(
    phone: Person, site: EverydaySite, demo: Demo
) -> None:
    """After an upgrade, too, when the page would load itself anew for a script that has changed."""
    page, link = phone.page, link_of(demo, invited(demo))
    late: list[Route] = []

    def hold(route: Route) -> None:
        late.append(route)

    page.route("**/phone.*.js", hold)
    opens_before_an_upgrade(page, link, "phone.js")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Are you still on the phone")).to_be_visible()
    page.route("**/p/leave", hold)
    page.route(f"{site.address}*", hold)
    _exit(page)
    expect(page.get_by_role("alert")).to_have_text("Loading")
    with page.expect_request(f"{site.address}*"):
        for route in late:
            if route.request.url.endswith(".js"):
                route.continue_()
    page.unroute_all(behavior="ignoreErrors")
    for route in late:
        if not route.request.url.endswith(".js"):
            with suppress(PlaywrightError):
                route.continue_()
    expect(page.get_by_role("heading")).to_have_text("Dry and bright")
    assert page.url == site.address


def test_without_javascript_at_all(her_browser: Browser, site: EverydaySite, demo: Demo) -> None:
    context = her_browser.new_context(
        viewport={"width": PHONE["width"], "height": PHONE["height"]}, java_script_enabled=False
    )
    phone = Person(context.new_page(), demo)
    phone.page.goto(f"{site.address}?before")
    reference = opens_her_link(phone)
    phone.page.get_by_role("button", name="Continue").click()
    expect(phone.page.get_by_role("link", name="Exit this page")).to_be_visible()
    _exit(phone.page)
    expect(phone.page.get_by_role("heading")).to_have_text("Dry and bright")
    assert site.referers[-1] == ""
    _ended(demo, reference)
    assert not context.cookies()
    _nothing_behind(phone, site)
    context.close()


def _nothing_behind(phone: Person, site: EverydaySite) -> None:
    """Each step back shows nothing of hers, until it is not ours any more."""
    for _ in range(6):
        # What was an answer to a form the browser does not ask for again: it says so itself.
        with suppress(PlaywrightError):
            phone.page.go_back(wait_until="domcontentloaded")
        if phone.page.url == f"{site.address}?before":
            return
        shown = phone.page.locator("body").inner_text()
        for hers in ("officer", "Camera", "spoke", "Continue"):
            assert hers not in shown, shown
    raise AssertionError(phone.page.url)


def test_shift_is_counted_aloud_and_not_while_it_is_part_of_something_else(
    phone: Person, site: EverydaySite
) -> None:
    page = phone.page
    page.clock.install()
    opens_her_link(phone)
    expect(page.locator("html[data-exits]")).to_be_attached()
    way = page.locator("form[data-exit]")
    said = way.get_by_role("status")
    dots = way.locator(".phone__presses")
    expect(dots).to_be_hidden()

    page.keyboard.press("Shift")
    expect(said).to_have_text("Shift: press two more times to exit this page.")
    expect(dots).to_be_visible()
    page.keyboard.press("Shift")
    expect(said).to_have_text("Shift: press once more to exit this page.")
    assert_accessible(page)
    page.clock.fast_forward(5_000)
    expect(said).to_be_empty()
    expect(dots).to_be_hidden()

    # Capitals, with the letter let go before Shift and after it; a shortcut; a tap in between.
    for _ in range(3):
        page.keyboard.press("Shift+A")
        page.keyboard.down("Shift")
        page.keyboard.down("B")
        page.keyboard.up("Shift")
        page.keyboard.up("B")
        page.keyboard.press("Control+Shift")
    expect(said).to_be_empty()
    page.keyboard.press("Shift")
    page.keyboard.press("Shift")
    page.get_by_role("heading").click()
    page.keyboard.press("Shift")
    expect(said).to_have_text("Shift: press two more times to exit this page.")
    # Held down it repeats itself, and is one press.
    page.keyboard.down("Shift")
    page.keyboard.down("Shift")
    page.keyboard.down("Shift")
    page.keyboard.up("Shift")
    expect(said).to_have_text("Shift: press once more to exit this page.")
    page.keyboard.press("Shift")
    page.clock.resume()
    _is_away(phone, site)


# The way out as she sees it: of the part of the page that is on the glass.
_ON_THE_GLASS = """() => {
  const exit = document.querySelector(".phone__exit"), seen = window.visualViewport;
  const { left, right, top, bottom } = exit.getBoundingClientRect();
  const box = {
    left: (left - seen.offsetLeft) * seen.scale, right: (right - seen.offsetLeft) * seen.scale,
    top: (top - seen.offsetTop) * seen.scale, bottom: (bottom - seen.offsetTop) * seen.scale,
  };
  const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  return { ...box, glass: seen.width * seen.scale, hit: exit.contains(hit), scale: seen.scale };
}"""


def _way_out_is_there(page: Page, *, scale: float = 1) -> None:
    page.wait_for_function(
        f"""(scale) => {{
          const box = ({_ON_THE_GLASS})();
          return Math.abs(box.scale - scale) < 0.05 && box.hit
            && box.left > -1 && box.right < box.glass + 1 && box.top > -1 && box.top < 60
            && box.right - box.left >= 44 && box.bottom - box.top >= 44;
        }}""",
        arg=scale,
    )


def test_the_way_out_is_always_there(phone: Person, officer: Person) -> None:
    page = phone.page
    glass = phone.context.new_cdp_session(page)

    def looks_close() -> None:
        _way_out_is_there(page)
        glass.send("Emulation.setPageScaleFactor", {"pageScaleFactor": 2.5})
        _way_out_is_there(page, scale=2.5)
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        _way_out_is_there(page, scale=2.5)
        glass.send("Emulation.setPageScaleFactor", {"pageScaleFactor": 1})
        _way_out_is_there(page)

    opens_her_link(phone)
    looks_close()
    turns_her_camera_on(phone)
    looks_close()
    page.get_by_role("button", name="I am ready").click()
    expect(answer_button(officer)).to_be_visible()
    looks_close()
    officer.page.keyboard.press("Enter")
    both_see_each_other(phone, officer)
    looks_close()
    # Under each sheet that lies over the call.
    page.get_by_role("button", name="Leave").click()
    _way_out_is_there(page)
    page.get_by_role("button", name="Stay").click()
    page.get_by_role("button", name="Send a photo or file").click()
    expect(page.locator("#sending")).to_be_visible()
    _way_out_is_there(page)
    officer.page.get_by_role("button", name="Who hears?").click()
    expect(page.locator("#hearing")).to_be_visible()
    _way_out_is_there(page)
    # The smallest phone that is still about, and 200%.
    page.set_viewport_size({"width": 320, "height": 480})
    _way_out_is_there(page)
    _exit(page)


def test_nothing_of_ours_is_on_the_disk_of_her_phone(
    playwright: Playwright,
    officer: Person,
    demo: Demo,
    tmp_path: Path,
    site: EverydaySite,
) -> None:
    """What the browser keeps for itself (history, permissions) is told to her beforehand."""
    profile = tmp_path / "profile"
    arguments = [*FLAGS, f"--use-file-for-fake-video-capture={_film(tmp_path)}"]
    context = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=chromium(),
        headless=False,
        args=arguments + (["--no-sandbox"] if os.geteuid() == 0 else []),
        # A real browser keeps pages in memory to go back to: the tests' own has that turned off.
        ignore_default_args=["--disable-back-forward-cache"],
        viewport={"width": PHONE["width"], "height": PHONE["height"]},
        permissions=["camera", "microphone"],
    )
    phone = Person(context.pages[0], demo)
    checks_in(phone)
    expect(answer_button(officer)).to_be_visible()
    officer.page.keyboard.press("Enter")
    both_see_each_other(phone, officer)
    phone.page.get_by_role("button", name="Send a photo or file").click()
    expect(phone.page.locator("#sending")).to_be_visible()
    phone.page.reload(wait_until="domcontentloaded")
    phone.waits_for_picture()
    phone.page.get_by_role("switch", name="Camera").click()
    _exit(phone.page)
    expect(phone.page.get_by_role("heading")).to_have_text("Dry and bright")
    expect(officer.page.locator("#stage-state")).to_contain_text("She has left the call")
    assert not context.cookies()
    context.close()

    kept = _kept_of(profile, f"localhost:{demo.port}".encode())
    print(f"\nnamed in: {sorted(kept)}")
    assert kept, "not even the history: was the right name looked for?"
    ours = {name for name in kept if not name.startswith(ITS_OWN)}
    assert not ours
    assert (profile / "Default/Cache").exists()
    assert not list(profile.glob("Default/IndexedDB/*"))
    assert not list(profile.glob("Default/Service Worker/*"))


def _film(directory: Path) -> Path:
    return solid_film(directory / "green.y4m", GREEN)


def _kept_of(profile: Path, name: bytes) -> set[str]:
    """The files of a profile that name the site, also as it is written in UTF-16."""
    wanted = (name, name.decode().encode("utf-16-le"))
    files = (path for path in profile.rglob("*") if path.is_file())
    return {
        str(path.relative_to(profile))
        for path in files
        if any(each in path.read_bytes() for each in wanted)
    }
