"""How little stands between the tap on her link and a page that she can use.

Seconds are for `make bench`: here is what they follow from, which is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Route, expect

from tests.journeys.given import invited
from tests.journeys.loaded import Loaded
from tests.journeys.people import Person
from tests.journeys.steps import (
    answer_button,
    both_see_each_other,
    ends_the_call,
    link_of,
    turns_her_camera_on,
)
from tests.running_demo import Demo

# What a server may send before the phone has answered: ten segments of 1,460 bytes (RFC 6928).
ONE_FLIGHT = 14_600


_WATCH = """window.shifts = [];
new PerformanceObserver((list) => shifts.push(...list.getEntries())).observe(
  { type: "layout-shift", buffered: true });"""

# They are told late, but in their order: once one that is made here is told, all before it are.
_MOVED = """() => new Promise((done) => {
  const since = performance.now();
  document.body.prepend(Object.assign(new Image(), { height: 200 }));
  const told = ({ value, sources }) => [value, ...sources.map(({ node }) => `${node?.nodeName}
    #${node?.id} ${node?.textContent}`)];
  const look = () => shifts.some(({ startTime }) => startTime >= since)
    ? done(shifts.filter(({ startTime }) => startTime < since).map(told))
    : requestAnimationFrame(look);
  look();
})"""


@pytest.fixture
def held(phone: Person) -> Iterator[list[Route]]:
    """Everything that her pages want besides themselves, on a link that brings nothing of it."""
    late: list[Route] = []

    def hold(route: Route) -> None:
        page = urlsplit(route.request.url).path.startswith("/s/")
        route.continue_() if page else late.append(route)

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
    expect(page.get_by_role("heading", name="Are you still on the phone")).to_be_visible()
    assert held


def test_one_more_answer_makes_the_next_page_usable(demo: Demo, phone: Person) -> None:
    """All that it needs was fetched while she read the first."""
    page = phone.page
    page.goto(link_of(demo, invited(demo)), wait_until="networkidle")
    link = urlsplit(page.url).path
    unanswered: list[Route] = []

    def only_her_tap(route: Route) -> None:
        if urlsplit(route.request.url).path == link:
            route.continue_()
        else:
            unanswered.append(route)

    page.route("**/*", only_her_tap)
    # What the page asks for by itself (news, that it is there) nothing that she sees waits for.
    turns_her_camera_on(phone)
    assert unanswered
    page.unroute_all(behavior="ignoreErrors")


def test_nothing_moves_by_itself_on_her_way(demo: Demo, phone: Person, officer: Person) -> None:
    """By Chromium's own count (layout shifts), right after her taps too."""
    page = phone.page
    page.add_init_script(_WATCH)
    page.goto(link_of(demo, invited(demo)), wait_until="networkidle")
    turns_her_camera_on(phone)
    page.wait_for_function("() => document.getElementById('preview').videoWidth > 0")
    page.get_by_role("button", name="I am ready").click()
    answer_button(officer).click()
    both_see_each_other(phone, officer)
    ends_the_call(officer)
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert page.evaluate(_MOVED) == []
