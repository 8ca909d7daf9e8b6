"""Every page of hers, and what leads to it: one line is one page.

`make screenshots` takes them all, and tests/journeys/test_languages.py holds each to what everybody
needs of it. A way begins on a phone that was never here before, behind a link of its own.
Selectors, not words: the same lines lead there in every language.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from playwright.sync_api import Browser, Page

from tests.journeys.browsers import desk_context, phone_context
from tests.journeys.guests import NAME, asks_for, comes_in, link_for, sees_in_tile
from tests.journeys.people import Person
from tests.journeys.steps import answer_button

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like"
    " Gecko) Version/17.4 Mobile/15E148 Safari/604.1"
)
ANDROID = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/120.0.0.0 Mobile Safari/537.36"
)
IN_FACEBOOK = IPHONE.replace("Version/17.4 ", "").replace(
    " Safari/604.1", " [FBAN/FBIOS;FBAV/450.0]"
)


@dataclass
class Visit:
    """One phone on its way, and who sits at the other end.

    seat: who has that seat, for the whole visit; see the seats of the demo force.
    """

    phone: Page
    reference: str
    seat: Callable[[str], Person]

    @property
    def officer(self) -> Person:
        return self.seat("officer")

    @property
    def call_taker(self) -> Person:
        return self.seat("control-room")


Happening = Callable[[Visit], None]


@dataclass(frozen=True)
class HerPage:
    """docs/pictures/NAME.png; in another language NAME.LANGUAGE.png.

    shows: what is there when she has come to it. leads: what she taps, and what else happens.
    """

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


@dataclass(frozen=True)
class Way:
    """Pages in their order. browser: how hers differs; lacks: what is taken from it beforehand."""

    pages: tuple[HerPage, ...]
    browser: dict[str, Any] = field(default_factory=dict)
    lacks: str = ""

    def phone(self, browser: Browser) -> Page:
        page = phone_context(browser, **self.browser).new_page()
        if self.lacks:
            page.add_init_script(self.lacks)
        return page


def hears_no_more(visit: Visit) -> None:
    """The news stops. A connection that is there no setting of the browser's cuts: it is asked for
    anew, and refused.
    """
    visit.phone.locator(READY).wait_for()
    visit.phone.route("**/live/**", lambda route: route.abort())
    visit.phone.evaluate("dispatchEvent(new Event('online'))")


def camera_fails(name: str, *, words: str = "", kind: str = "", denied: str = "") -> Happening:
    """The browser's own answer, as a phone gives it; `denied`: what it remembers a no of."""

    def fail(visit: Visit) -> None:
        visit.phone.evaluate(
            """({ name, words, kind, denied }) => {
              const { mediaDevices, permissions } = navigator;
              window.camera ??= mediaDevices.getUserMedia.bind(mediaDevices);
              mediaDevices.getUserMedia = (wanted) => !kind || wanted[kind]
                ? Promise.reject(new DOMException(words, name)) : window.camera(wanted);
              permissions.query = async (asked) =>
                ({ state: denied.includes(asked.name) ? "denied" : "prompt" });
            }""",
            {"name": name, "words": words, "kind": kind, "denied": denied},
        )

    return fail


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


def officer_presses(key: str) -> Happening:
    return lambda visit: visit.officer.page.keyboard.press(key)


def officer_asks_somebody_in(visit: Visit) -> None:
    asks_for(visit.officer)


def somebody_comes_in(visit: Visit) -> None:
    browser = visit.officer.context.browser
    assert browser
    visit.officer.page.get_by_label(f"Link for {NAME}", exact=True).wait_for()
    page = desk_context(browser).new_page()
    page.goto(link_for(visit.officer), wait_until="domcontentloaded")
    guest = Person(page, visit.officer.demo)
    comes_in(guest)
    guest.waits_for_picture()
    sees_in_tile(Person(visit.phone, visit.officer.demo))


def officer_takes_them_out(visit: Visit) -> None:
    visit.officer.page.get_by_role("button", name=f"Take {NAME} out of the call").click()
    visit.phone.locator("#guests video").wait_for(state="detached")


def officer_shows_her_statement(visit: Visit) -> None:
    desk = visit.officer.page
    desk.get_by_role("button", name="Take a statement").click()
    desk.get_by_label("What she says").fill("He came at nine.\nHe broke the lamp.")
    desk.get_by_role("button", name="Show it to her to sign").click()


def she_types_her_name(visit: Visit) -> None:
    visit.phone.locator("#statement-name").fill("Demo Caller H")


def phone_call_takes_her_sound(visit: Visit) -> None:
    """No browser can be called up, so the track is told."""
    visit.phone.locator("#hand-over").wait_for(state="hidden")
    visit.phone.evaluate(
        """() => {
          const [track] = document.getElementById("self-video").srcObject.getAudioTracks();
          Object.defineProperty(track, "muted", { value: true, configurable: true });
          track.dispatchEvent(new Event("mute"));
        }"""
    )


def goes_down_to_text(visit: Visit) -> None:
    """Where the link is poor the page goes down a step by itself meanwhile."""
    rung = visit.phone.locator("body")
    while rung.get_attribute("data-rung") != "text":
        visit.phone.locator("#rung-down").click()


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
    visit.phone = visit.phone.context.new_page()
    visit.phone.goto(link, wait_until="domcontentloaded")


CONTINUE, CAMERA, READY = "main form button", "#open-camera", "#ready"
LANGUAGE = "summary.phone__language"
TO_THE_QUEUE = (CONTINUE, CAMERA, READY)
GO_ON_HERE = "main a[href*=here]"
AGAIN = "#try-again"
# It rests until the page of the trouble is there.
TROUBLE = "#try-again:enabled"

TO_THE_CALL = (
    HerPage("phone-hello", CONTINUE),
    HerPage("phone-languages", "[data-languages] button", (LANGUAGE,)),
    HerPage("phone-camera", CAMERA, (LANGUAGE, CONTINUE)),
    HerPage("phone-ready", READY, (CAMERA,)),
    HerPage("phone-waiting", "#waiting-since", (READY,)),
)
IN_THE_CALL = (
    HerPage("phone-call", "#recorded", (officer_answers,)),
    HerPage("phone-guest-asked", "#guest-asked", (officer_asks_somebody_in,)),
    HerPage("phone-guest", "#guests video", ("[data-lets-in=yes]:enabled", somebody_comes_in)),
    HerPage("phone-hearing", "#hearing", (officer_takes_them_out, officer_presses("h"))),
    HerPage("phone-chat", "#chat-words", ("#hearing [data-hears=alone]", "#text")),
    HerPage("phone-photograph", "#sending button", ("#chat-close", officer_presses("k"))),
    HerPage(
        "phone-statement",
        "#statement-sign",
        ("#sending button >> nth=-1", officer_shows_her_statement),
    ),
    HerPage(
        "phone-signed",
        "#statement-done",
        ("#statement-true", "#statement-type", she_types_her_name, "#statement-sign"),
    ),
    HerPage("phone-stills", "#rung-up", ("#statement-done", "#rung-down")),
    HerPage("phone-sound", ".phone-call__no-picture", ("#rung-down",)),
    HerPage("phone-leaving", "#stay", ("#leave",)),
    HerPage("phone-thanks", "[data-after=call]", ("#leave-now",)),
)
STILL_ON_THE_PHONE = (
    HerPage(
        "phone-waiting-on-the-phone", "#waiting-since", (CONTINUE, "#open-camera-alone", READY)
    ),
    HerPage("phone-hand-over", "#sound-on", (officer_answers,)),
    HerPage("phone-taken", "#without-sound", ("#sound-on", phone_call_takes_her_sound)),
    HerPage("phone-texting", "#chat-words", ("#without-sound", goes_down_to_text)),
)
TROUBLES = (
    HerPage(
        "phone-refused",
        TROUBLE,
        (CONTINUE, camera_fails("NotAllowedError", words="Permission dismissed"), CAMERA),
    ),
    *(
        HerPage(f"phone-{name}", TROUBLE, (fails, AGAIN))
        for name, fails in {
            "blocked": camera_fails("NotAllowedError", denied="camera microphone"),
            "camera-blocked": camera_fails("NotAllowedError", kind="video", denied="camera"),
            "microphone-blocked": camera_fails(
                "NotAllowedError", kind="audio", denied="microphone"
            ),
            "blocked-by-phone": camera_fails("NotAllowedError", words="Denied by system"),
            "no-camera": camera_fails("NotFoundError", kind="video"),
            "no-microphone": camera_fails("NotFoundError", kind="audio"),
            "nothing-found": camera_fails("NotFoundError"),
            "camera-in-use": camera_fails("NotReadableError", kind="video"),
            "unknown": camera_fails("InvalidStateError"),
        }.items()
    ),
)
BESIDES = (
    Way(TROUBLES),
    Way(
        (
            HerPage("phone-app", "#copy"),
            HerPage(
                "phone-in-app",
                TROUBLE,
                (GO_ON_HERE, CONTINUE, camera_fails("NotAllowedError"), CAMERA),
            ),
        ),
        browser={"user_agent": IN_FACEBOOK},
    ),
    Way(
        (HerPage("phone-no-video", TROUBLE, (GO_ON_HERE, CONTINUE)),),
        browser={"user_agent": ANDROID},
        lacks="delete window.RTCPeerConnection",
    ),
    Way(
        (HerPage("phone-insecure", TROUBLE, (CONTINUE,)),),
        lacks="Object.defineProperty(window, 'isSecureContext', { value: false })",
    ),
    Way((HerPage("phone-offline", "#offline h1", (CONTINUE, CAMERA, hears_no_more)),)),
    Way(
        (
            HerPage("phone-scriptless", "main form button", (CONTINUE,)),
            HerPage("phone-no-script", ".phone__steps", ("main a[href$=no-script]",)),
            HerPage("phone-plain", "input[type=file]", ("main form button",)),
            HerPage("phone-write", "textarea", ("main a[href$=write]",)),
        ),
        browser={"java_script_enabled": False},
    ),
    Way((HerPage("phone-patrol", "[data-after=patrol]", (*TO_THE_QUEUE, patrol_is_coming)),)),
    Way((HerPage("phone-used", "main:not(:has(form)) h1", (link_was_used,)),)),
)
WAYS = (Way(TO_THE_CALL + IN_THE_CALL), Way(STILL_ON_THE_PHONE), *BESIDES)
