"""How little stands between the tap on her link and a page that she can use.

Seconds are for `make bench`: here is what they follow from, which is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.given import invited
from tests.journeys.loaded import Loaded
from tests.journeys.people import Person
from tests.journeys.steps import (
    answer_button,
    both_see_each_other,
    ends_the_call,
    link_of,
)
from tests.running_demo import Demo

# What a server may send before the phone has answered: ten segments of 1,460 bytes (RFC 6928).
ONE_FLIGHT = 14_600


@dataclass
class Shifts:
    """What has moved by itself on a page: by Chromium's own count, right after her taps too."""

    page: Page

    def __post_init__(self) -> None:
        self.page.add_init_script(
            """window.shifts = [];
            new PerformanceObserver((list) => shifts.push(...list.getEntries())).observe(
              { type: "layout-shift", buffered: true });"""
        )

    def moved(self) -> list[Any]:
        """Each shift so far: how much, and of what. Asked for once the page has been drawn."""
        found: list[Any] = self.page.evaluate(
            """() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(
              shifts.map(({ value, sources }) => [value, ...sources.map(({ node }) =>
                `${node?.nodeName} #${node?.id} .${node?.className}`)])))))"""
        )
        return found


@pytest.fixture
def held(phone: Person) -> Iterator[list[Route]]:
    """Everything that her pages want besides themselves, on a link that brings nothing of it."""
    late: list[Route] = []

    def hold(route: Route) -> None:
        wanted = route.request.resource_type
        route.continue_() if wanted == "document" else late.append(route)

    phone.page.route("**/*", hold)
    yield late
    for route in late:
        route.abort()
    phone.page.unroute("**/*")


def test_one_answer_makes_her_first_page_usable(
    demo: Demo, phone: Person, held: list[Route]
) -> None:
    """Her tap works with nothing but the page itself, which comes in one flight of packets."""
    page, loaded = phone.page, Loaded(phone.page)
    page.goto(link_of(demo, invited(demo)), wait_until="domcontentloaded")
    print(f"\nher first page: {loaded.bytes / 1000:.1f} kB")
    assert 1_000 < loaded.bytes <= ONE_FLIGHT
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Camera and sound")).to_be_visible()
    assert held


def test_one_more_answer_makes_the_next_page_usable(demo: Demo, phone: Person) -> None:
    """All that it needs was fetched while she read the first."""
    page = phone.page
    page.goto(link_of(demo, invited(demo)), wait_until="networkidle")
    link, loaded = urlsplit(page.url).path, Loaded(page)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_function("() => document.body.dataset.listens !== undefined")
    # The stream of news is the page's own, and nothing that she sees waits for it.
    assert [path for path in loaded.fetched() if path != "/live/stream"] == [link]


def test_nothing_moves_by_itself_on_her_way(demo: Demo, phone: Person, officer: Person) -> None:
    page, shifts = phone.page, Shifts(phone.page)
    page.goto(link_of(demo, invited(demo)), wait_until="networkidle")
    assert not shifts.moved()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Camera and sound")).to_be_visible()
    assert not shifts.moved()
    page.get_by_role("button", name="Turn on camera and sound").click()
    page.wait_for_function("() => document.getElementById('preview').videoWidth > 0")
    assert not shifts.moved()
    page.get_by_role("button", name="I am ready").click()
    expect(answer_button(officer)).to_be_visible()
    assert not shifts.moved()
    answer_button(officer).click()
    both_see_each_other(phone, officer)
    assert not shifts.moved()
    ends_the_call(officer)
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert not shifts.moved()
    # Something that does move is counted.
    page.evaluate("document.body.prepend(Object.assign(new Image(), { height: 200 }))")
    assert shifts.moved()
