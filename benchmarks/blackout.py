"""A phone whose network goes away for five seconds in the middle of a call, again and again."""

from __future__ import annotations

import time
from pathlib import Path

from playwright.sync_api import Playwright

from benchmarks.call import OurDesk
from tests.journeys.browsers import GREEN, phone_context, solid_film
from tests.journeys.namespace import PhoneNetwork, browser_in, phone_network
from tests.journeys.people import Person
from tests.running_demo import Demo

AWAY = 5000  # milliseconds
BETWEEN = 3000  # by then the call has settled


def pictures_back(
    demo: Demo, playwright: Playwright, desk: OurDesk, link: str, directory: Path, times: int
) -> list[float]:
    """Seconds from the network's return to new pictures on both sides."""
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
        seconds = [_away(network, both) for _ in range(times)]
        desk.hang_up()
    return seconds


def _away(network: PhoneNetwork, both: tuple[Person, Person]) -> float:
    for person in both:
        person.waits_for_picture()
    both[1].page.wait_for_timeout(BETWEEN)
    network.cut()
    both[1].page.wait_for_timeout(AWAY)
    network.mend()
    returned = time.monotonic()
    for person in both:
        person.waits_for_picture(more=2)
    return time.monotonic() - returned
