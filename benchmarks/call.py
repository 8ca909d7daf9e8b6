"""One call on OpenRVR and one on the bare page, pressed by the same hands in the same browsers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from playwright.sync_api import Browser, BrowserContext, Page

from openrvr.config.processes.embedded_postgres import OWNER_ROLE, Cluster
from tests.journeys.browsers import desk_context, phone_context
from tests.journeys.loaded import Loaded
from tests.running_demo import Demo

WATCH = Path(__file__).with_name("watch.js")
# Nobody presses the moment a button appears; and what the machine still does is not the call's.
A_HAND = 1000  # milliseconds


@dataclass
class Times:
    """One call: kilobytes before the camera opens, and milliseconds."""

    loaded: float
    usable: float
    phone_sees: float
    desk_sees: float


class OurDesk:
    """The officer at OpenRVR's desk, and the call-taker whose press sends the link."""

    def __init__(self, demo: Demo, staff: Browser) -> None:
        self._root = f"http://localhost:{demo.port}"
        self._database = Cluster(demo.data / "postgresql").url(OWNER_ROLE)
        self.room = self._seat(staff, "control-room")
        self.page = self._seat(staff, "officer")
        self.page.get_by_role("button", name="Go on duty").click()
        self.page.wait_for_function("() => document.getElementById('self-video').videoWidth > 0")

    def consent(self, reference: str) -> tuple[str, float]:
        """She says yes: the link, and the ms from the press to the text at the provider."""
        room = self.room
        room.goto(f"{self._root}/control-room/reports/{reference}/", wait_until="domcontentloaded")
        accepts = room.get_by_role("button", name="Accepts")
        accepts.wait_for()
        room.wait_for_timeout(A_HAND)
        accepts.click()
        room.get_by_text("Sent", exact=False).first.wait_for()
        words, handed_at = self._handed(reference)
        return words.split()[-1], handed_at - float(room.evaluate("() => window.pressedAt"))

    def answer(self, phone: Page) -> tuple[float, float]:
        self.rung_by(phone)
        times = _seen(self.page, phone)
        self.hang_up()
        return times

    def rung_by(self, phone: Page) -> None:
        """She turns the camera on and is ready; the officer is rung."""
        phone.click("#open-camera")
        phone.locator("#ready").wait_for()
        phone.wait_for_timeout(A_HAND)
        phone.click("#ready")
        self.page.locator("#answer").wait_for()

    def hang_up(self) -> None:
        self.page.locator("#end-call").click()
        self.page.locator("#end-call:disabled").wait_for()

    def goes_home(self) -> None:
        self.page.get_by_role("button", name="Go off duty").click()
        self.page.get_by_role("button", name="Go on duty").wait_for()

    def _handed(self, reference: str) -> tuple[str, float]:
        with psycopg.connect(self._database, autocommit=True) as connection:
            while True:
                row = connection.execute(
                    "SELECT t.words, 1000 * extract(epoch FROM m.handed_at)"
                    " FROM messages_demotext t JOIN messages_message m ON m.id = t.message_id"
                    " JOIN cases_case c ON c.id = m.case_id"
                    " WHERE c.reference = %s AND m.handed_at IS NOT NULL",
                    [reference],
                ).fetchone()
                if row:
                    return str(row[0]), float(row[1])

    def _seat(self, staff: Browser, slug: str) -> Page:
        page = _page(desk_context(staff))
        page.goto(f"{self._root}/demo/as/{slug}", wait_until="domcontentloaded")
        return page


class BareDesk:
    def __init__(self, port: int, staff: Browser) -> None:
        self.link = f"http://localhost:{port}/hello.html"
        self._desk = _page(desk_context(staff))
        self._desk.goto(f"http://localhost:{port}/desk.html", wait_until="domcontentloaded")
        self._desk.click("#open-camera")
        self._desk.wait_for_function("() => camera !== undefined")

    def answer(self, phone: Page) -> tuple[float, float]:
        phone.click("#open-camera")
        phone.wait_for_function("() => camera !== undefined && socket.readyState === 1")
        phone.wait_for_timeout(A_HAND)
        times = _seen(self._desk, phone)
        self._desk.evaluate("() => pc.close()")
        return times


def one_call(her: Browser, link: str, desk: OurDesk | BareDesk) -> Times:
    """A phone that was never here before: tap, continue, camera, call."""
    context = phone_context(her)
    try:
        phone = _page(context)
        loaded = Loaded(phone)
        phone.wait_for_timeout(A_HAND)
        phone.goto(link, wait_until="domcontentloaded")
        usable = after(phone, "firstUsableAfter")
        phone.wait_for_timeout(A_HAND)
        phone.get_by_role("button", name="Continue").click()
        phone.locator("#open-camera").wait_for()
        usable += after(phone, "nextUsableAfter")
        phone.wait_for_timeout(A_HAND)
        return Times(loaded.bytes / 1000, usable, *desk.answer(phone))
    finally:
        context.close()


@contextmanager
def bare_server() -> Iterator[int]:
    """The bare page's server; gives its port."""
    command = (sys.executable, str(Path(__file__).parent / "bare/server.py"))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield int(process.stdout.readline())
        finally:
            process.kill()


def _page(context: BrowserContext) -> Page:
    context.add_init_script(path=WATCH)
    return context.new_page()


def after(page: Page, since: str) -> float:
    """Milliseconds, by one of the clocks in watch.js, once it says something."""
    return float(page.wait_for_function(f"() => window.{since}()").json_value())


def _seen(desk: Page, phone: Page) -> tuple[float, float]:
    """Milliseconds from the press on Answer to the first picture: on the phone, on the desk."""
    for page in (desk, phone):
        page.wait_for_timeout(A_HAND / 2)
        page.evaluate("() => awaitPicture()")
    desk.locator("#answer").click()
    seen = [
        float(page.wait_for_function("() => window.pictureAt").json_value())
        for page in (phone, desk)
    ]
    pressed = float(desk.evaluate("() => window.pressedAt"))
    return seen[0] - pressed, seen[1] - pressed
