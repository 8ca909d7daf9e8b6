"""Whole stories in real browsers against the real service: one browser context a person."""

from __future__ import annotations

import tempfile
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

from openrvr.config.policy_file import SAMPLE
from tests.journeys.browsers import BLUE, GREEN, desk_context, launch, phone_context, solid_film
from tests.journeys.given import leaving_for
from tests.journeys.people import Person
from tests.journeys.steps import goes_home, goes_on_duty
from tests.running_demo import Demo

# Two browsers, a service and a database share two cores with whatever else the machine does.
expect.set_options(timeout=20_000)


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


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """The demo, of a force that leaves her at our own harmless page: nothing else is reached."""
    # Not in pytest's own directory: PostgreSQL may run as another account, which must reach it.
    with (
        pytest.MonkeyPatch.context() as environment,
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory,
    ):
        Path(directory).chmod(0o711)
        policy = Path(directory) / "policy.toml"
        policy.write_text(leaving_for("", SAMPLE.read_text()))
        environment.setenv("OPENRVR_POLICY", str(policy))
        with Demo(Path(directory) / "data") as started:
            started.until_ready()
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
def officer(seat: Callable[[str], Person]) -> Iterator[Person]:
    """An officer on duty, with her camera on; off duty again when the story is over."""
    person = seat("officer")
    goes_on_duty(person)
    yield person
    goes_home(person)
