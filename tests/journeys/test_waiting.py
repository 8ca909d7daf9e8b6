"""She waits: what she is told, what staff hear of her phone, and coming back to her place."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, expect

from tests.journeys.axe import assert_accessible
from tests.journeys.browsers import GREEN, launch_kept, phone_context, solid_film
from tests.journeys.given import invited
from tests.journeys.people import Person
from tests.journeys.steps import (
    checks_in,
    goes_home,
    goes_on_duty,
    leaves,
    link_of,
    turns_her_camera_on,
)
from tests.running_demo import PATIENCE, Demo

Seat = Callable[[str], Person]


def _strip(seat: Seat, demo: Demo, reference: str) -> Person:
    call_taker = seat("control-room")
    call_taker.page.goto(
        f"http://localhost:{demo.port}/control-room/reports/{reference}/",
        wait_until="domcontentloaded",
    )
    return call_taker


def test_she_is_told_her_place_and_what_is_known_of_the_time(
    phone: Person,
    seat: Seat,
    her_browser: Browser,
    contexts: list[BrowserContext],
    demo: Demo,
) -> None:
    checks_in(phone)
    place, about = phone.page.locator("#waiting-place"), phone.page.locator("#waiting-about")
    expect(place).to_have_text("You are next.")
    expect(about).to_contain_text("No officer is free at this moment.")
    assert_accessible(phone.page)
    contexts.append(phone_context(her_browser))
    second = Person(contexts[-1].new_page(), demo)
    checks_in(second)
    behind = second.page.locator("#waiting-place")
    expect(behind).to_have_text("1 person is before you.")
    officer = seat("officer")
    goes_on_duty(officer)
    # By live news: nobody has touched her page.
    expect(place).to_have_text("We are ringing an officer for you now.")
    # The demo has had no calls yet that would tell how long one takes.
    expect(second.page.locator("#waiting-about")).to_have_text(
        "We cannot say yet how long it takes."
    )
    leaves(phone)
    expect(behind).not_to_have_text("1 person is before you.")
    goes_home(officer)


def test_staff_see_that_her_page_is_hidden_that_her_battery_is_low_and_that_she_left(
    phone: Person, seat: Seat, demo: Demo
) -> None:
    # The browser's own reading, which no flag changes.
    phone.page.add_init_script(
        "navigator.getBattery = async () => Object.assign(new EventTarget(),"
        " {level: 0.09, charging: false});"
    )
    reference = checks_in(phone)
    strip = _strip(seat, demo, reference).page
    words = strip.locator("#phone-words")
    expect(words).to_contain_text("Her battery is low: 9%.")
    _turn(phone, "hidden")
    expect(words).to_contain_text("Her page is in the background, or her phone is locked, since")
    _turn(phone, "visible")
    expect(words).not_to_contain_text("in the background")
    assert_accessible(strip)
    leaves(phone)
    expect(strip.locator("#notices")).to_contain_text("the caller has left the page")


def _turn(phone: Person, state: str) -> None:
    phone.page.evaluate(
        "state => { Object.defineProperty(document, 'visibilityState',"
        " {value: state, configurable: true});"
        " document.dispatchEvent(new Event('visibilitychange')); }",
        state,
    )


def test_a_phone_that_has_lost_its_network_is_missed_and_found_again(
    phone: Person, seat: Seat, demo: Demo
) -> None:
    reference = checks_in(phone)
    strip = _strip(seat, demo, reference).page
    expect(strip.locator("#verdict")).to_contain_text("Stay on the line")
    phone.context.set_offline(True)
    words = strip.locator("#phone-words")
    expect(words).to_contain_text("Her phone has been silent since", timeout=60_000)
    expect(strip.locator("#notices")).to_contain_text("Her phone is silent")
    phone.context.set_offline(False)
    expect(words).to_have_count(0)


@pytest.mark.timeout(240)
def test_whose_browser_was_killed_comes_back_to_her_place(
    playwright: Playwright, demo: Demo, tmp_path: Path
) -> None:
    film = solid_film(tmp_path / "green.y4m", GREEN)
    profile = tmp_path / "phone"
    reference = invited(demo)
    link = link_of(demo, reference)
    context = launch_kept(playwright, profile, film)
    first = Person(context.pages[0], demo)
    first.page.goto(link, wait_until="domcontentloaded")
    turns_her_camera_on(first)
    first.page.get_by_role("button", name="I am ready").click()
    expect(first.page.locator("#waiting-place")).not_to_be_empty()
    _until_on_disk(profile)
    _kill(profile)
    again = launch_kept(playwright, profile, film)
    page = again.pages[0]
    page.goto(link, wait_until="domcontentloaded")
    expect(page.get_by_role("heading", name="An officer will appear here")).to_be_visible()
    assert page.url.endswith("/p/")
    again.close()


def _until_on_disk(profile: Path) -> None:
    """Until the browser has written her cookie down, which it does within half a minute."""
    deadline = time.monotonic() + PATIENCE
    database = profile / "Default" / "Cookies"
    # With a journal beside it the next start takes back what stands there already.
    journal = profile / "Default" / "Cookies-journal"
    while not _cookies(database) or (journal.exists() and journal.stat().st_size):
        assert time.monotonic() < deadline, list(profile.glob("Default/*"))


def _cookies(database: Path) -> list[tuple[str]]:
    try:
        with sqlite3.connect(f"file:{database}?immutable=1", uri=True) as cookies:
            return cookies.execute("SELECT name FROM cookies WHERE name = 'p'").fetchall()
    except sqlite3.DatabaseError:
        return []  # Not made yet, or being written.


def _kill(profile: Path) -> None:
    """The whole browser, as a phone ends one: nothing is closed, nothing is written any more."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue  # It has just ended.
        if f"--user-data-dir={profile}".encode() in command:
            os.kill(int(entry.name), 9)
