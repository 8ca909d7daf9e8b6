"""Whole stories in real browsers against the real service: one browser context a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from tests.janus import janus
from tests.journeys.browsers import BLUE, GREEN, desk_context, launch, phone_context, solid_film
from tests.journeys.demos import first_start, second_start
from tests.journeys.people import Person
from tests.journeys.planes import by_nodes, is_told_already
from tests.journeys.steps import goes_home, goes_on_duty
from tests.running_demo import Demo

# Two browsers, a service and a database share two cores with whatever else the machine does.
expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    told = [item for item in items if is_told_already(item)]
    config.hook.pytest_deselected(items=told)
    items[:] = [item for item in items if item not in told]


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def her_browser(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    browser = launch(playwright, solid_film(tmp_path_factory.mktemp("film") / "green.y4m", GREEN))
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def staff_browser(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    browser = launch(playwright, solid_film(tmp_path_factory.mktemp("film") / "blue.y4m", BLUE))
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def started_before() -> Iterator[Path]:
    with first_start() as data:
        yield data


@pytest.fixture(scope="module")
def plane(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """What calls go by, as the service's settings: see `on_both_planes`."""
    if getattr(request, "param", "peer") == "peer":
        yield {}
        return
    with janus(tmp_path_factory.mktemp("node")) as node:
        yield by_nodes({"one": node})


@pytest.fixture(scope="module")
def demo(started_before: Path, plane: dict[str, str]) -> Iterator[Demo]:
    with second_start(started_before, **plane) as started:
        yield started


@pytest.fixture
def contexts() -> Iterator[list[BrowserContext]]:
    opened: list[BrowserContext] = []
    yield opened
    for context in opened:
        context.close()


@pytest.fixture
def phone(her_browser: Browser, demo: Demo, contexts: list[BrowserContext]) -> Person:
    """The victim's phone: nothing on it yet."""
    context = phone_context(her_browser)
    contexts.append(context)
    return Person(context.new_page(), demo)


@pytest.fixture
def seat(
    staff_browser: Browser, demo: Demo, contexts: list[BrowserContext]
) -> Callable[[str], Person]:
    """Sits one of the demo force down: `seat("officer")`, in a browser context of its own."""

    def sit(slug: str) -> Person:
        context = desk_context(staff_browser)
        contexts.append(context)
        page: Page = context.new_page()
        page.goto(f"http://localhost:{demo.port}/demo/as/{slug}", wait_until="domcontentloaded")
        return Person(page, demo)

    return sit


@pytest.fixture
def sergeant(seat: Callable[[str], Person]) -> Iterator[Person]:
    """A supervisor who is an officer too, at a desk, not on duty yet."""
    person = seat("supervisor")
    person.page.goto(f"http://localhost:{person.demo.port}/desk/", wait_until="domcontentloaded")
    yield person
    goes_home(person)


@pytest.fixture
def officer(seat: Callable[[str], Person]) -> Iterator[Person]:
    """An officer on duty, with her camera on; off duty again when the story is over."""
    person = seat("officer")
    goes_on_duty(person)
    yield person
    goes_home(person)
