"""The agent beside a node: hands over what Janus records, and leaves nothing behind.

It only reads what Janus writes. What it has cut and not yet handed over it notes beside the files,
so that it may be ended and started at any time; a slice that is handed over twice is kept once.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import signal
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import requests

from openrvr.journey.call.media.recording.mjr import NotAnMjr
from openrvr.journey.call.media.recording.passes import agent_pass
from openrvr.journey.call.media.recording.take import MEDIA_TYPE, Cut, Take, named

log = logging.getLogger(__name__)

# Seconds.
LOOK_EVERY = 0.5
ANSWERS_WITHIN = 5.0
TRY_AGAIN = 1.0
TELL_EVERY = 10.0
# What Janus has not closed and does not write to: it may have been killed, or her network is away.
IDLE_AFTER = 15.0
# Megabytes: an hour of some calls. With less the node is to get no more of them.
LEAST_ROOM = 1000

_REFUSED = range(400, 500)
# Not yet, or not just now: asked again.
_AGAIN = {401, 408, 425, 429}


class ServiceAway(Exception):
    """OpenRVR does not answer, or cannot take anything at the moment."""


class Refused(Exception):
    """OpenRVR will never take this."""


@dataclass
class Service:
    """`url` is what people open OpenRVR at; `ahead` is its clock's lead over the node's."""

    url: str
    node: str
    secret: str
    ahead: timedelta = timedelta()
    _told_at: float = -TELL_EVERY
    _session: requests.Session = field(default_factory=requests.Session)

    def tell(self, free: int, *, is_full: bool) -> None:
        """Now and then: the bytes that are free; learns what time it is.

        Raises ServiceAway, Refused.
        """
        if time.monotonic() - self._told_at < TELL_EVERY:
            return
        before = time.time()
        state = json.dumps({"free": free, "full": is_full}).encode()
        said = self._ask("POST", "state", {"Content-Type": "application/json"}, state)
        after = time.time()
        self._told_at = time.monotonic()
        self.ahead = timedelta(seconds=said["now"] / 1000 - (before + after) / 2)

    def hand_over(self, take: Take, cut: Cut, content: bytes) -> None:
        """Returns when it is kept. Raises ServiceAway, Refused."""
        described = {
            "sha256": hashlib.sha256(content).hexdigest(),
            "since": self._milliseconds(cut.since),
            "until": self._milliseconds(cut.until),
            "final": cut.final,
            "ended": "not_received" if cut.final else "",
            "mediaType": MEDIA_TYPE,
            "conditions": [
                {
                    "since": self._milliseconds(since),
                    "until": self._milliseconds(until),
                    "missing": missing,
                    "cause": "not_received",
                }
                for since, until, missing in cut.missing
            ],
        }
        path = f"{take.name.replace('.', '/')}/{cut.index}"
        self._ask("PUT", path, {"Slice": json.dumps(described)}, content)

    def is_over(self, take: Take) -> bool:
        """Whether its call has ended. Raises ServiceAway, Refused."""
        call, _, _ = take.name.partition(".")
        return bool(self._ask("GET", call, {}, b"")["over"])

    def _milliseconds(self, at: datetime) -> int:
        return round((at + self.ahead).timestamp() * 1000)

    def _ask(
        self, method: str, path: str, headers: dict[str, str], content: bytes
    ) -> dict[str, int]:
        word = agent_pass(self.secret, self.node, time.time() + self.ahead.total_seconds())
        try:
            answer = self._session.request(
                method,
                f"{self.url.rstrip('/')}/evidence/nodes/{path}",
                data=content,
                headers={**headers, "Authorization": f"Bearer {word}"},
                timeout=ANSWERS_WITHIN,
                allow_redirects=False,
            )
        except requests.RequestException as trouble:
            raise ServiceAway(str(trouble)) from None
        if answer.ok:
            found: dict[str, int] = answer.json()
            return found
        said = f"{answer.status_code} for {path}: {answer.text[:200]}"
        if answer.status_code in _REFUSED and answer.status_code not in _AGAIN:
            raise Refused(said)
        raise ServiceAway(said)


def beside(folder: Path, url: str, node: str, secret: str, least_room: int = LEAST_ROOM) -> None:
    """Runs the agent until the process is told to end. `least_room`: in MB."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    ended = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: ended.set())
    log.info("hands over what is recorded in %s", folder)
    Agent(folder, Service(url, node, secret), least_room).run(ended)


@dataclass
class Agent:
    """`folder` is where Janus writes its recordings; `least_room`: in MB."""

    folder: Path
    service: Service
    least_room: int = LEAST_ROOM
    _takes: dict[str, Take] = field(default_factory=dict)
    # What OpenRVR will not have stays where it is, for whoever looks after the node.
    _refused: set[str] = field(default_factory=set)
    _is_away: bool = False
    _is_full: bool = False
    _troubled: set[str] = field(default_factory=set)

    def run(self, ended: threading.Event) -> None:
        while not ended.wait(LOOK_EVERY if self.look() else TRY_AGAIN):
            pass

    def look(self) -> bool:
        """Hands over what there is; whether OpenRVR took it."""
        try:
            self._tell_room()
            for name in self._names():
                self._hand_over(name)
        except ServiceAway as away:
            if not self._is_away:
                log.warning("OpenRVR takes nothing at the moment: %s", away)
            self._is_away = True
            return False
        except Refused as refused:
            # Of its state it takes notice from any agent whose word it knows.
            log.critical("OpenRVR does not know this agent: %s", refused)
            return False
        self._is_away = False
        return True

    def _tell_room(self) -> None:
        free = shutil.disk_usage(self.folder).free
        is_full = free < self.least_room * 1_000_000
        if is_full and not self._is_full:
            log.critical("%d MB are free: this node is to get no more calls", free // 1_000_000)
        self._is_full = is_full
        self.service.tell(free, is_full=is_full)

    def _names(self) -> list[str]:
        found = {what.take for path in self.folder.iterdir() if (what := named(path.name))}
        self._takes = {name: take for name, take in self._takes.items() if name in found}
        return sorted(found - self._refused)

    def _hand_over(self, name: str) -> None:
        take = self._takes.get(name)
        if take is None:
            take = self._takes[name] = Take.found(self.folder, name)
        try:
            self._rest_of(take)
            self._troubled.discard(name)
        except OSError as problem:
            # Janus gives a file its last name between two looks of ours, or its disk is full.
            if name not in self._troubled:
                log.warning("%s is looked at again: %s", name, problem)
            self._troubled.add(name)
        except (NotAnMjr, Refused) as problem:
            self._refused.add(name)
            log.critical("%s stays on this node: %s", name, problem)

    def _rest_of(self, take: Take) -> None:
        is_over = not take.is_open or self._is_given_up(take)
        while cut := take.next(final=is_over):
            self.service.hand_over(take, cut, take.content(cut))
            if cut.final:
                # Nothing is noted of it: where there is no room for a note this makes some.
                take.forget()
                return
            take.receipted(cut)
        if is_over and take.until is None:
            take.forget()  # Neither a picture nor a sound was ever heard.

    def _is_given_up(self, take: Take) -> bool:
        return time.time() - take.grew_at() > IDLE_AFTER and self.service.is_over(take)
