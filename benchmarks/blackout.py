"""A phone whose network goes away in the middle of a call, again and again."""

from __future__ import annotations

import time
from pathlib import Path

from playwright.sync_api import Playwright

from benchmarks.call import OurDesk
from tests.journeys.browsers import GREEN, phone_context, solid_film
from tests.journeys.given import eligible
from tests.journeys.namespace import PhoneNetwork, browser_in, phone_network
from tests.journeys.people import Person
from tests.running_demo import Demo

# Milliseconds.
SHORT, LONG = 5000, 60_000
BETWEEN = 3000  # by then the call has settled


def pictures_back(
    demo: Demo,
    playwright: Playwright,
    desk: OurDesk,
    directory: Path,
    times: int,
    away: int = SHORT,
) -> list[float]:
    """Seconds from the return, after `away` ms of silence, to new pictures on both sides."""
    link, _ = desk.consent(eligible(demo, 1)[0])
    film = solid_film(directory / "away.y4m", GREEN)
    with (
        phone_network(directory) as network,
        browser_in(network, playwright, demo.port, film) as browser,
    ):
        phone = phone_context(browser).new_page()
        phone.goto(link, wait_until="domcontentloaded")
        phone.get_by_role("button", name="Continue").click()
        desk.rung_by(phone)
        desk.page.locator("#answer").click()
        both = (Person(phone, demo), Person(desk.page, demo))
        seconds = [_away(network, both, away) for _ in range(times)]
        desk.hang_up()
    return seconds


def _away(network: PhoneNetwork, both: tuple[Person, Person], away: int) -> float:
    for person in both:
        person.waits_for_picture()
    both[1].page.wait_for_timeout(BETWEEN)
    network.cut()
    both[1].page.wait_for_timeout(away)
    network.mend()
    returned = time.monotonic()
    for person in both:
        person.waits_for_picture(more=2)
    return time.monotonic() - returned
