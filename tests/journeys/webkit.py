"""WebKitGTK as her phone's browser, the nearest to Safari that Debian has, over W3C WebDriver.

Debian builds it without RTCPeerConnection: it is for what she sees before the call, how her pages
are laid out and what becomes of the question about the camera. The driver is Debian's own; what a
journey needs of https://w3c.github.io/webdriver/ are a few requests.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.journey.evidence.clamd_daemon import free_port
from tests.journeys.programs import installed, started
from tests.journeys.reading import HEADED, PRESSABLE
from tests.running_demo import PATIENCE

# Width, height and depth: room for the tallest phone that a test wants.
SCREEN = "800x1200x24"
# Its bar of buttons takes as little room as it can, or no page could be as narrow as a phone.
_NO_BAR = (
    "* { min-width: 0; min-height: 0; padding: 0; margin: 0; border-width: 0; font-size: 1px; }"
)
# What lets a page of ours have a camera, and the one that WebKit draws itself. Nobody is asked:
# under automation WebKit says yes to the question, and has no way to say no.
CAMERA = ("--enable-media-stream=true", "--enable-mock-capture-devices=true")
NO_CAMERA = ("--enable-media-stream=true",)
NO_WAY_TO_A_CAMERA = ("--enable-media-stream=false",)

# The key under which an element is named in requests (W3C WebDriver, 12.1).
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class WebKitPhone:
    """Her phone: what a Person does, done in WebKit."""

    def __init__(self, driver: httpx.Client) -> None:
        self._driver = driver

    def opens(self, address: str) -> None:
        self._post("url", url=address)

    def is_sized(self, width: int, height: int) -> None:
        """The page itself has so many pixels; the window has its bars besides."""
        bars = self.run("() => [outerWidth - innerWidth, outerHeight - innerHeight]")
        rectangle = {"width": width + bars[0], "height": height + bars[1]}
        self._post("window/rect", x=0, y=0, **rectangle)
        self.waits_for("(size) => `${innerWidth} ${innerHeight}` === size", f"{width} {height}")

    def taps(self, name: str) -> None:
        self.waits_for(PRESSABLE, name)
        quoted = f"normalize-space() = '{name}' or @aria-label = '{name}'"
        path = f"//*[self::button or self::a][{quoted}]"
        found = self._post("element", using="xpath", value=path)
        self._post(f"element/{found[_ELEMENT]}/click")

    def reads(self, heading: str) -> None:
        self.waits_for(HEADED, heading)

    def run(self, function: str, *given: Any) -> Any:
        """What a function of JavaScript returns in the page."""
        return self._post("execute/sync", script=f"return ({function})(...arguments)", args=given)

    def waits_for(self, function: str, *given: Any) -> None:
        """Asks again and again: a promise that waited would go with a page that she leaves."""
        deadline = time.monotonic() + PATIENCE
        while not self.run(function, *given):
            if time.monotonic() > deadline:
                shown = self.run("() => document.body.innerText")
                raise AssertionError(f"Waited for {given} on a page that says:\n{shown}")

    def cookies(self) -> list[str]:
        """The names of those that this page's address may read, HttpOnly ones too."""
        return [each["name"] for each in self._driver.get("cookie").json()["value"]]

    def _post(self, command: str, **parameters: Any) -> Any:
        """Raises AssertionError with what the driver says is wrong."""
        answer = self._driver.post(command, json=parameters).json()["value"]
        if isinstance(answer, dict) and "error" in answer:
            raise AssertionError(f"{command}: {answer['error']}: {answer['message']}")
        return answer


@contextmanager
def webkit_phone(home: Path, *options: str) -> Iterator[WebKitPhone]:
    """A WebKit on a screen that nobody sees, with nothing stored; ended afterwards.

    `options` are the browser's own: CAMERA, NO_CAMERA, NO_WAY_TO_A_CAMERA.
    """
    screen, driver = installed("Xvfb", "xvfb"), installed("WebKitWebDriver", "webkit2gtk-driver")
    settings = home / ".config/gtk-3.0/gtk.css"
    settings.parent.mkdir(parents=True)
    settings.write_text(_NO_BAR)
    of_the_screen = (screen, "-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp")
    with started(*of_the_screen, environment={}) as server:
        display = server.says(r"^(\d+)$")
        port = free_port()
        # The driver says nowhere that it listens: the first request is tried until it does.
        transport = httpx.HTTPTransport(retries=8)
        environment = {"DISPLAY": f":{display}", "HOME": str(home), "XDG_RUNTIME_DIR": str(home)}
        with (
            started(driver, f"--port={port}", environment=environment),
            httpx.Client(transport=transport, timeout=PATIENCE, trust_env=False) as client,
            _session(client, f"http://127.0.0.1:{port}/session", options) as phone,
        ):
            yield phone


@contextmanager
def _session(client: httpx.Client, address: str, options: tuple[str, ...]) -> Iterator[WebKitPhone]:
    wanted = {"webkitgtk:browserOptions": {"args": ["--automation", *options]}}
    answer = client.post(address, json={"capabilities": {"alwaysMatch": wanted}}).json()["value"]
    assert "sessionId" in answer, answer
    client.base_url = httpx.URL(f"{address}/{answer['sessionId']}/")
    yield WebKitPhone(client)
    client.delete("")
