"""What a node costs and is worth, beside the same calls from browser to browser, in turn."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Playwright

from benchmarks.call import OurDesk, Times, one_call
from tests.janus import Janus, two_nodes, until_it_has, where
from tests.journeys.browsers import BLUE, GREEN, launch, phone_context, solid_film
from tests.journeys.given import eligible
from tests.journeys.people import Person
from tests.journeys.planes import by_nodes
from tests.running_demo import Demo

BETWEEN = 3000  # milliseconds: by then a call has settled


@dataclass
class Planes:
    """Two services that differ in one setting, and the nodes of the one."""

    peer: Demo
    by_node: Demo
    nodes: dict[str, Janus]


@contextmanager
def both_planes(directory: Path) -> Iterator[Planes]:
    with ExitStack() as started:
        nodes = started.enter_context(two_nodes(directory))
        peer, by_node = (
            started.enter_context(Demo(directory / f"on-{name}" / "data", environment=settings))
            for name, settings in (("peer", {}), ("node", by_nodes(nodes)))
        )
        for demo in (peer, by_node):
            demo.until_ready()
        yield Planes(peer, by_node, nodes)
        for demo in (peer, by_node):
            demo.end()


@contextmanager
def _browsers(playwright: Playwright, directory: Path) -> Iterator[tuple[Browser, Browser]]:
    films = (
        solid_film(directory / name, colour)
        for name, colour in (("hers.y4m", GREEN), ("his.y4m", BLUE))
    )
    with launch(playwright, next(films)) as her, launch(playwright, next(films)) as staff:
        yield her, staff


def calls_on_both(
    planes: Planes, playwright: Playwright, directory: Path, times: int
) -> Iterator[tuple[Times, Times]]:
    """Pairs of calls: by a node, and from browser to browser. The first of each is not counted."""
    with _browsers(playwright, directory) as (her, staff):
        desks = [OurDesk(demo, staff) for demo in (planes.by_node, planes.peer)]
        pairs = zip(*(eligible(d, times + 1) for d in (planes.by_node, planes.peer)), strict=True)
        for number, references in enumerate(pairs):
            measured = []
            for desk, reference in zip(desks, references, strict=True):
                link, _ = desk.consent(reference)
                measured.append(one_call(her, link, desk))
            if number:
                yield measured[0], measured[1]
        for desk in desks:
            desk.goes_home()


def pictures_after_a_death(
    planes: Planes, playwright: Playwright, directory: Path, times: int
) -> Iterator[float]:
    """Seconds from the SIGKILL of the node that has a call to pictures on both sides, again."""
    with _browsers(playwright, directory) as (her, staff):
        desk = OurDesk(planes.by_node, staff)
        link, _ = desk.consent(eligible(planes.by_node, 1)[0])
        phone = phone_context(her).new_page()
        phone.goto(link, wait_until="domcontentloaded")
        phone.get_by_role("button", name="Continue").click()
        desk.rung_by(phone)
        desk.page.locator("#answer").click()
        both = (Person(phone, planes.by_node), Person(desk.page, planes.by_node))
        for _ in range(times):
            for person in both:
                person.waits_for_picture()
            desk.page.wait_for_timeout(BETWEEN)
            has_it, has_none = where(planes.nodes)
            has_it.kill()
            died = time.monotonic()
            until_it_has(has_none, 1)
            for person in both:
                person.waits_for_picture(more=2)
            yield time.monotonic() - died
            has_it.start()
        desk.hang_up()
        desk.goes_home()
