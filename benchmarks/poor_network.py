"""For how much of a call the picture stands still over 3G; both cameras are held in the hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Playwright

from benchmarks.call import OurDesk
from tests.journeys.browsers import BLUE, GREEN, launch, moving_film, phone_context
from tests.journeys.cable import THREE_G
from tests.journeys.carried import carried, keep_connections
from tests.journeys.namespace import browser_in, phone_network
from tests.journeys.people import Person
from tests.running_demo import Demo

SETTLED = 5000  # milliseconds: by then both have found out what the network carries
WATCHED = 20_000


def stood_still(
    demo: Demo, playwright: Playwright, references: list[str], directory: Path
) -> Iterator[tuple[float, float]]:
    """Of each call, the share of its time in percent on the phone and on the desk."""
    hers, his = (
        moving_film(directory / name, colour)
        for name, colour in (("hers.y4m", GREEN), ("his.y4m", BLUE))
    )
    with (
        phone_network(directory) as network,
        browser_in(network, playwright, demo.port, hers) as her,
        launch(playwright, his) as staff,
    ):
        network.become(THREE_G)
        desk = OurDesk(demo, staff)
        keep_connections(desk.page)
        for reference in references:
            link, _ = desk.consent(reference)
            phone = phone_context(her).new_page()
            keep_connections(phone)
            phone.goto(link, wait_until="domcontentloaded")
            phone.get_by_role("button", name="Continue").click()
            desk.rung_by(phone)
            desk.page.locator("#answer").click()
            both = (Person(phone, demo), Person(desk.page, demo))
            for person in both:
                person.waits_for_picture()
            desk.page.wait_for_timeout(SETTLED)
            before = [carried(person.page) for person in both]
            desk.page.wait_for_timeout(WATCHED)
            after = [carried(person.page) for person in both]
            desk.hang_up()
            phone.context.close()
            on_phone, on_desk = (
                100 * (late.stood - early.stood) / (late.at - early.at)
                for early, late in zip(before, after, strict=True)
            )
            yield on_phone, on_desk
        desk.goes_home()
