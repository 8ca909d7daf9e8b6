"""What a call costs that a node records: Janus beside the same call on bare Janus, and ourselves.

Two Chromium with their own moving test picture make the load, one call at a time. Bare Janus is the
same program with the same configuration; the benchmark itself tells it and two plain pages what to
agree upon, with the same limits to what each page sends.
"""

from __future__ import annotations

import asyncio
import threading
import time
import uuid
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from playwright.sync_api import Browser, Page, Playwright

from benchmarks.call import OurDesk, bare_server
from benchmarks.cpu import cpu, cpu_with_children
from openrvr.config.processes.embedded_postgres import OWNER_ROLE, Cluster
from openrvr.journey.call.media.janus.connection import Node, NodeConnection, connected
from tests.janus import SECRET, Janus, janus
from tests.journeys.browsers import desk_context, launch, phone_context
from tests.journeys.given import eligible
from tests.journeys.people import Person
from tests.journeys.planes import agents, by_nodes
from tests.running_demo import Demo

SETTLED = 5000  # milliseconds: by then the encoders have found their rate
WATCHED = 20  # seconds
# What OpenRVR lets her phone and the officer's computer send, in bit/s: call/scripts/ours.ts.
LIMITS = {"victim": 400_000, "officer": 800_000}
_LAST = """SELECT extract(epoch FROM max(e.at - s.since)) FROM evidence_slice s
 JOIN evidence_custodyentry e ON e.id = s.entry_id JOIN evidence_track t ON t.id = s.track_id
 WHERE t.media_type = 'video/x-mjr'"""
_ALL_IS_IN = "SELECT count(*) FROM evidence_track WHERE last IS NULL"
T = TypeVar("T")


@dataclass
class Cost:
    """CPU in milliseconds a second of call: of Janus, the same of bare Janus, and of OpenRVR.

    `only_copy`: the longest that a packet lay on the node's disk alone, in seconds.
    """

    janus: float
    bare: float
    ours: float
    only_copy: float


def costs(playwright: Playwright, directory: Path, times: int) -> Iterator[Cost]:
    """Pairs of calls, in turn."""
    recordings, beside = directory / "recordings", directory / "beside"
    for each in (recordings, beside):
        each.mkdir()
    with ExitStack() as started:
        ours, bare = (started.enter_context(janus(directory / n)) for n in ("ours", "bare"))
        settings = by_nodes({"one": ours}, recordings)
        demo = started.enter_context(Demo(directory / "recorded" / "data", environment=settings))
        demo.until_ready()
        running = started.enter_context(agents({"one": ours}, demo, recordings))
        staff = started.enter_context(launch(playwright))
        her = started.enter_context(launch(playwright))
        port = started.enter_context(bare_server())
        desk = OurDesk(demo, staff)
        node = started.enter_context(_told(bare))
        for reference in eligible(demo, times):
            link, _ = desk.consent(reference)
            mine = [(cpu_with_children, demo.process.pid), (cpu, running["one"].pid)]
            idle = _used(desk.page, *mine)
            with _our_call(her, demo, desk, link):
                of_janus, *of_ours = _each_used(desk.page, (cpu, _pid(ours)), *mine)
            with _bare_call(her, staff, node, port, beside):
                of_bare = _used(desk.page, (cpu, _pid(bare)))
            yield Cost(of_janus, of_bare, sum(of_ours) - idle, _only_copy(demo))
        demo.end()


@contextmanager
def _our_call(her: Browser, demo: Demo, desk: OurDesk, link: str) -> Iterator[None]:
    context = phone_context(her)
    try:
        phone = context.new_page()
        phone.goto(link, wait_until="domcontentloaded")
        phone.get_by_role("button", name="Continue").click()
        desk.rung_by(phone)
        desk.page.locator("#answer").click()
        for page in (desk.page, phone):
            Person(page, demo).waits_for_picture()
        desk.page.wait_for_timeout(SETTLED)
        yield
        desk.hang_up()
    finally:
        context.close()


@contextmanager
def _bare_call(
    her: Browser, staff: Browser, node: _Told, port: int, recordings: Path
) -> Iterator[None]:
    contexts = {"victim": phone_context(her), "officer": desk_context(staff)}
    try:
        pages = {who: context.new_page() for who, context in contexts.items()}
        for page in pages.values():
            page.goto(f"http://localhost:{port}/node.html", wait_until="domcontentloaded")
            page.click("#open-camera")
            page.wait_for_function("() => camera !== undefined")
        node.meet(pages, recordings)
        for page in pages.values():
            page.wait_for_function("() => document.getElementById('remote-video').videoWidth > 0")
        pages["officer"].wait_for_timeout(SETTLED)
        yield
        for page in pages.values():
            page.evaluate("() => goes()")
    finally:
        for context in contexts.values():
            context.close()


class _Told:
    """Bare Janus, told what to do from a thread of its own: Playwright has its loop in this one."""

    def __init__(self, loop: asyncio.AbstractEventLoop, connection: NodeConnection) -> None:
        self._loop = loop
        self._connection = connection

    def _do(self, what: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(30)

    def meet(self, pages: dict[str, Page], recordings: Path) -> None:
        room = str(uuid.uuid4())
        handle = self._do(self._connection.attach(lambda _: None))
        made = {"request": "create", "room": room, "publishers": 2, "rec_dir": str(recordings)}
        self._do(handle.ask({**made, "videocodec": "vp8,h264", "fir_freq": 0}))
        for who, page in pages.items():
            offer = page.evaluate("(limit) => offersItself(limit)", LIMITS[who])
            up = self._do(self._connection.attach(lambda _: None))
            joins = {"request": "joinandconfigure", "ptype": "publisher", "room": room, "id": who}
            recorded = {"record": True, "filename": f"{room}-{who}"}
            answer = self._do(up.agree({**joins, **recorded}, {"type": "offer", "sdp": offer}))
            page.evaluate("(sdp) => isHeard(sdp)", answer["jsep"]["sdp"])
        for page in pages.values():
            page.wait_for_function("() => up.connectionState === 'connected'")
        for page, other in zip(pages.values(), reversed(pages), strict=True):
            down = self._do(self._connection.attach(lambda _: None))
            joins = {"request": "join", "ptype": "subscriber", "room": room}
            offer = self._do(down.agree({**joins, "streams": [{"feed": other}]}))
            answer = page.evaluate("(sdp) => receives(sdp)", offer["jsep"]["sdp"])
            self._do(down.agree({"request": "start"}, {"type": "answer", "sdp": answer}))


@contextmanager
def _told(node: Janus) -> Iterator[_Told]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    stack = AsyncExitStack()

    async def opened() -> NodeConnection:
        connection = await stack.enter_async_context(connected(Node("bare", node.url), SECRET))
        # It asks for the session to be kept.
        keeping = asyncio.create_task(connection.until_lost())
        stack.callback(keeping.cancel)
        return connection

    def do(what: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(what, loop).result(30)

    try:
        yield _Told(loop, do(opened()))
        do(stack.aclose())
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def _pid(node: Janus) -> int:
    assert node.process
    return node.process.pid


def _each_used(page: Page, *whom: tuple[Any, int]) -> list[float]:
    before, began = [count(pid) for count, pid in whom], time.monotonic()
    page.wait_for_timeout(WATCHED * 1000)
    after, seconds = [count(pid) for count, pid in whom], time.monotonic() - began
    return [(b - a) * 1000 / seconds for a, b in zip(before, after, strict=True)]


def _used(page: Page, *whom: tuple[Any, int]) -> float:
    return sum(_each_used(page, *whom))


def _only_copy(demo: Demo) -> float:
    """Seconds from the first packet of a slice to its receipt, of the slowest."""
    url = Cluster(demo.data / "postgresql").url(OWNER_ROLE)
    with psycopg.connect(url, autocommit=True) as connection:
        while connection.execute(_ALL_IS_IN).fetchone() != (0,):
            time.sleep(0.2)
        found = connection.execute(_LAST).fetchone()
    assert found
    return float(found[0])
