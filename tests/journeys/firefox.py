"""Debian's Firefox as her phone, driven over WebDriver BiDi, which it speaks by itself.

Playwright drives only a Firefox that its own makers have changed. This is the least that a journey
needs of https://w3c.github.io/webdriver-bidi/, in the words of `Person`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.journeys.browsers import PHONE
from tests.journeys.programs import installed, started
from tests.journeys.reading import HEADED, NEXT_FRAMES, PRESSABLE, Seen
from tests.running_demo import PATIENCE

# Names: about:config. A camera and a microphone of its own making, allowed as by a tap; and it asks
# nobody on the Internet anything.
PREFERENCES = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.peerconnection.ice.loopback": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "dom.w3c_touch_events.enabled": 1,
    "app.update.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.region.network.url": "",
    "browser.search.update": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "media.gmp-manager.updateEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "http://127.0.0.1:9/",
    "toolkit.telemetry.enabled": False,
}


class BiDi:
    """One connection: commands go out, each waits for its own answer."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._numbers = count(1)

    def do(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Raises AssertionError with what the browser says is wrong, TimeoutError if nothing."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer: dict[str, Any] = json.loads(self._socket.recv(timeout=PATIENCE))
            # What has no number is news, of which none was asked for; another's is too late.
            if answer.get("id") == number:
                break
        assert answer["type"] == "success", f"{method}: {answer.get('message')}"
        result: dict[str, Any] = answer["result"]
        return result


class FirefoxPhone:
    """Her phone: what a Person does, done in Firefox."""

    def __init__(self, bidi: BiDi) -> None:
        self._bidi = bidi
        self._tab: str = bidi.do("browsingContext.getTree")["contexts"][0]["context"]
        bidi.do(
            "browsingContext.setViewport",
            context=self._tab,
            viewport=PHONE,
            devicePixelRatio=2,
        )

    def opens(self, address: str) -> None:
        self._bidi.do(
            "browsingContext.navigate", context=self._tab, url=address, wait="interactive"
        )

    def taps(self, name: str, *, role: str = "button") -> None:
        """With a finger, in the middle of what Firefox itself gives that role and that name."""
        self.waits_for(PRESSABLE, name)
        locator = {"type": "accessibility", "value": {"role": role, "name": name}}
        found = self._bidi.do("browsingContext.locateNodes", context=self._tab, locator=locator)
        [node] = found["nodes"]
        there = {"type": "element", "element": {"sharedId": node["sharedId"]}}
        finger = {
            "type": "pointer",
            "id": "finger",
            "parameters": {"pointerType": "touch"},
            "actions": [
                {"type": "pointerMove", "x": 0, "y": 0, "origin": there},
                {"type": "pointerDown", "button": 0},
                {"type": "pointerUp", "button": 0},
            ],
        }
        self._bidi.do("input.performActions", context=self._tab, actions=[finger])

    def reads(self, heading: str) -> None:
        self.waits_for(HEADED, heading)

    def sees(self, video: str = "remote-video", *, more: int = 1) -> Seen:
        """What is on the screen once `more` further frames of that <video> have been."""
        return Seen.read(self.run(NEXT_FRAMES, video, more))

    def waits_for_picture(self) -> Seen:
        return self.sees(more=10)

    def run(self, function: str, *given: Any) -> Any:
        """What a function of JavaScript returns in the page; its promise is waited for."""
        called = self._bidi.do(
            "script.callFunction",
            target={"context": self._tab},
            functionDeclaration=f"""async (given) =>
              JSON.stringify(await ({function})(...JSON.parse(given)))""",
            arguments=[{"type": "string", "value": json.dumps(given)}],
            awaitPromise=True,
        )
        assert called["type"] == "success", called["exceptionDetails"]["text"]
        value = called["result"].get("value")
        return None if value is None else json.loads(value)

    def waits_for(self, function: str, *given: Any) -> None:
        """Asks with each picture that Firefox draws, until the function says something true."""
        wait = f"""(...given) => new Promise((done) => {{
          const look = () => (({function})(...given) ? done() : requestAnimationFrame(look));
          look();
        }})"""
        try:
            self.run(wait, *given)
        except TimeoutError:
            shown = self.run("() => document.body.innerText")
            raise AssertionError(f"Waited for {given} on a page that says:\n{shown}") from None


@contextmanager
def firefox_phone(profile: Path) -> Iterator[FirefoxPhone]:
    """A Firefox with an empty profile and no window, at a port that it chooses itself; ended
    afterwards.
    """
    firefox = installed("firefox-esr", "firefox-esr")
    lines = (f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in PREFERENCES.items())
    (profile / "user.js").write_text("\n".join(lines))
    command = (firefox, "--headless", "--no-remote", "--profile", str(profile))
    home = {"HOME": str(profile)}
    with started(*command, "--remote-debugging-port=0", environment=home) as program:
        address = program.says(r"WebDriver BiDi listening on (ws://\S+)")
        with connect(f"{address}/session", max_size=None, compression=None, proxy=None) as socket:
            bidi = BiDi(socket)
            bidi.do("session.new", capabilities={})
            yield FirefoxPhone(bidi)
            # Asked to, it ends its own processes.
            bidi.do("browser.close")
