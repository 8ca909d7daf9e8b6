"""Whole stories in real browsers against the real service: one browser context a person.

The two sides have cameras of different colours, so that a test can tell whose picture arrived.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.journeys.people import Person
from tests.running_demo import Demo

WIDTH, HEIGHT = 320, 240
# Luma and the two colour differences, as a camera delivers them.
GREEN, BLUE = (145, 54, 34), (41, 240, 110)
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
FLAGS = (
    "--headless=new",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)


def chromium() -> str:
    path = shutil.which("chromium")
    assert path, "Debian's chromium is missing: `make test` installs it (apt-get install chromium)."
    return path


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


def _solid(path: Path, colour: tuple[int, int, int]) -> Path:
    """A film of one colour, as the fake camera reads it (YUV4MPEG2, 4:2:0)."""
    luma, blue, red = colour
    quarter = WIDTH * HEIGHT // 4
    frame = bytes([luma]) * (WIDTH * HEIGHT) + bytes([blue]) * quarter + bytes([red]) * quarter
    head = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F20:1 Ip A1:1 C420jpeg\n".encode()
    path.write_bytes(head + (b"FRAME\n" + frame) * 20)
    return path


def launch(playwright: Playwright, film: Path | None = None, *flags: str) -> Browser:
    arguments = [*FLAGS, *flags]
    if film:
        arguments.append(f"--use-file-for-fake-video-capture={film}")
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    # Playwright's own headless mode is another program; Debian's browser has its own.
    return playwright.chromium.launch(executable_path=chromium(), headless=False, args=arguments)


@pytest.fixture(scope="session")
def her_browser(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    film = _solid(tmp_path_factory.mktemp("film") / "green.y4m", GREEN)
    browser = launch(playwright, film)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def staff_browser(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    film = _solid(tmp_path_factory.mktemp("film") / "blue.y4m", BLUE)
    browser = launch(playwright, film)
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    # Not in pytest's own directory: PostgreSQL may run as another account, which must reach it.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        Path(directory).chmod(0o711)
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
    context = her_browser.new_context(
        viewport={"width": PHONE["width"], "height": PHONE["height"]},
        permissions=["camera", "microphone"],
        has_touch=True,
        is_mobile=True,
        device_scale_factor=2,
    )
    contexts.append(context)
    return Person(context.new_page(), demo)


@pytest.fixture
def seat(
    staff_browser: Browser, demo: Demo, contexts: list[BrowserContext]
) -> Callable[[str], Person]:
    """Sits one of the demo force down: `seat("officer")`, in a browser context of its own."""

    def sit(slug: str) -> Person:
        context = staff_browser.new_context(
            viewport={"width": DESK["width"], "height": DESK["height"]},
            permissions=["camera", "microphone"],
        )
        contexts.append(context)
        page: Page = context.new_page()
        page.goto(f"http://localhost:{demo.port}/demo/as/{slug}", wait_until="domcontentloaded")
        return Person(page, demo)

    return sit
