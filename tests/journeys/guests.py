"""Whoever is asked into a call, in a browser with a red camera."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, BrowserContext

from tests.journeys.browsers import desk_context
from tests.journeys.people import Person
from tests.journeys.reading import Seen
from tests.running_demo import Demo

NAME = "Test Interpreter"


def arrival(
    browser: Browser, demo: Demo, contexts: list[BrowserContext]
) -> Callable[[str], Person]:
    """What opens a link, as somebody new."""

    def arrive(link: str) -> Person:
        context = desk_context(browser)
        contexts.append(context)
        page = context.new_page()
        page.goto(link, wait_until="domcontentloaded")
        return Person(page, demo)

    return arrive


def is_theirs(seen: Seen) -> bool:
    red, green, blue = seen.colour
    return red > 150 and green < 100 and blue < 100


def asks_for(officer: Person, *, kind: str = "interpreter", name: str = NAME) -> None:
    form = officer.page.locator("#guest-other")
    if not form.is_visible():
        officer.page.get_by_text("Ask somebody into the call").click()
    form.get_by_label("Somebody else: name").fill(name)
    form.get_by_label("They come as").select_option(kind)
    form.get_by_role("button", name="Ask her").click()


def link_for(officer: Person, name: str = NAME) -> str:
    return officer.page.get_by_label(f"Link for {name}", exact=True).input_value()


def comes_in(guest: Person) -> None:
    guest.page.get_by_role("button", name="Continue").click()
    guest.page.get_by_role("button", name="Turn on camera and sound").click()
    guest.page.get_by_role("button", name="Come in").click()


def sees_in_tile(person: Person, place: int = 0) -> Seen:
    """The first of the small pictures, or the one at `place`, once ten of it have come."""
    person.page.wait_for_function(
        "(place) => document.querySelectorAll('#guests video')[place]?.getVideoPlaybackQuality()"
        ".totalVideoFrames > 10",
        arg=place,
    )
    mark = "(place) => document.querySelectorAll('#guests video')[place].id = `small-${place}`"
    person.page.evaluate(mark, place)
    return person.sees(f"small-{place}")
