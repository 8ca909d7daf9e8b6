"""Every page of hers that docs show: one line is one page. `make screenshots` takes them all.

A way begins on a phone that was never here before, behind a link of its own. A line names the
picture, what is there when it is taken, and what leads there: what she taps, and what somebody else
does. Selectors, not words: the same lines take the pages in every language.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urljoin

from playwright.sync_api import Page

from tests.journeys.people import Person
from tests.journeys.steps import answer_button


@dataclass
class Visit:
    """One phone on its way, and the officer and the call-taker at the other end."""

    phone: Page
    officer: Person
    call_taker: Person
    reference: str


Happening = Callable[[Visit], None]


@dataclass(frozen=True)
class HerPage:
    """docs/pictures/NAME.png; in another language NAME.LANGUAGE.png."""

    name: str
    shows: str
    leads: tuple[str | Happening, ...] = ()

    def reach(self, visit: Visit) -> None:
        for step in self.leads:
            if isinstance(step, str):
                visit.phone.locator(step).click()
            else:
                step(visit)
        visit.phone.locator(self.shows).first.wait_for()


def goes_offline(visit: Visit) -> None:
    visit.phone.context.set_offline(True)


def camera_says(name: str) -> Happening:
    """The browser's own answer to the question, as a phone gives it."""

    def refuse(visit: Visit) -> None:
        visit.phone.evaluate(
            """(name) => Object.assign(navigator.mediaDevices, {
              getUserMedia: () => Promise.reject(new DOMException("", name)) })""",
            name,
        )

    return refuse


def opens(path: str) -> Happening:
    """A page that stands by itself, opened by the phone whose link it is."""

    def go(visit: Visit) -> None:
        visit.phone.locator(CAMERA).wait_for()
        visit.phone.goto(urljoin(visit.phone.url, path), wait_until="domcontentloaded")

    return go


def officer_answers(visit: Visit) -> None:
    answer_button(visit.officer).click()
    for page in (visit.phone, visit.officer.page):
        Person(page, visit.officer.demo).waits_for_picture(more=40)


def officer_asks_for_a_photograph(visit: Visit) -> None:
    visit.officer.page.keyboard.press("k")


def patrol_is_coming(visit: Visit) -> None:
    room, port = visit.call_taker.page, visit.call_taker.demo.port
    report = f"http://localhost:{port}/control-room/reports/{visit.reference}/"
    room.goto(report, wait_until="domcontentloaded")
    room.keyboard.press("F12")
    room.get_by_role("button", name="I have it").click()


def link_was_used(visit: Visit) -> None:
    """By this phone, which has left since."""
    link = visit.phone.url
    visit.phone.locator(CONTINUE).click()
    visit.phone.locator(CAMERA).wait_for()
    visit.phone.locator(".phone__exit").click()
    visit.phone.wait_for_url("**/p/over")
    visit.phone.goto(link, wait_until="domcontentloaded")


CONTINUE, CAMERA, READY = "main form button", "#open-camera", "#ready"
TO_THE_QUEUE = (CONTINUE, CAMERA, READY)
PROBLEM = "[role=alert]:not(:empty)"
TROUBLE = "#trouble h1"

TO_THE_CALL = (
    HerPage("phone-hello", CONTINUE),
    HerPage("phone-camera", CAMERA, (CONTINUE,)),
    HerPage("phone-ready", READY, (CAMERA,)),
    HerPage("phone-waiting", "#waiting-since", (READY,)),
)
IN_THE_CALL = (
    HerPage("phone-call", "#recorded", (officer_answers,)),
    HerPage("phone-photograph", "#sending button", (officer_asks_for_a_photograph,)),
    HerPage("phone-stills", "#rung-up", ("#sending button >> nth=-1", "#rung-down")),
    HerPage("phone-leaving", "#stay", ("#leave",)),
    HerPage("phone-thanks", "[data-after=call]", ("#leave-now",)),
)
# Each is a way of its own.
BESIDES = (
    HerPage("phone-offline", PROBLEM, (goes_offline, CONTINUE)),
    HerPage("phone-refused", TROUBLE, (CONTINUE, camera_says("NotAllowedError"), CAMERA)),
    HerPage("phone-in-use", TROUBLE, (CONTINUE, camera_says("NotReadableError"), CAMERA)),
    HerPage("phone-no-camera", TROUBLE, (CONTINUE, camera_says("NotFoundError"), CAMERA)),
    HerPage("phone-plain", "input[type=file]", (CONTINUE, opens("/p/plain"))),
    HerPage("phone-patrol", "[data-after=patrol]", (*TO_THE_QUEUE, patrol_is_coming)),
    HerPage("phone-used", "main:not(:has(form)) h1", (link_was_used,)),
)
