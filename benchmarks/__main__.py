"""`make bench`: what OpenRVR costs, beside a bare page that promises nothing, in one run."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

from benchmarks.alarm import alarms_seen
from benchmarks.blackout import LONG, SHORT, pictures_back
from benchmarks.call import BareDesk, OurDesk, bare_server, one_call
from benchmarks.evidence import calls_with_and_without, verifications
from benchmarks.figures import Figure, table
from benchmarks.load import calls_on_one_core
from benchmarks.planes import both_planes, calls_on_both, pictures_after_a_death
from benchmarks.poor_network import stood_still
from benchmarks.recorded_by_node import costs
from benchmarks.slow import first_pages
from tests.journeys.browsers import BLUE, GREEN, launch, solid_film
from tests.journeys.given import eligible, invited
from tests.journeys.steps import link_of
from tests.running_demo import Demo

TIMES = int(os.environ.get("BENCH_TIMES", "12"))

USABLE = Figure("Tap on the link -> check-in page usable", "ms", ratio=1.5)
SLOW_FIRST = Figure("3G, CPU / 4: tap on the link -> first page usable", "ms", limit=2000)
SLOW_NEXT = Figure("3G, CPU / 4: press on Continue -> camera page usable", "ms")
PHONE_SEES = Figure("Press on Answer -> first picture on the phone", "ms", ratio=1.5)
DESK_SEES = Figure("Press on Answer -> first picture on the desk", "ms", ratio=1.5)
HANDED = Figure("Press on Accepts -> text handed to the provider", "ms", limit=200)
ALARM = Figure("Press on physical response -> alarm in the control room", "ms", limit=1000)
BYTES = Figure("Loaded by the phone before the camera opens", "kB", limit=60)
OF_A_CALL = (
    (USABLE, "usable"),
    (PHONE_SEES, "phone_sees"),
    (DESK_SEES, "desk_sees"),
)
RECORDED_DESK = Figure(
    "Pictures of her on the desk, recorded", "/s", at_least=0.95, beside="without"
)
RECORDED_PHONE = Figure(
    "Pictures of the officer on the phone, recorded", "/s", at_least=0.95, beside="without"
)
RECORDED_CPU = Figure("Server CPU a minute of a call, recorded", "s", beside="without")
VERIFIED = Figure("Verifying a package", "MB/s", at_least=0.5, beside="sha256sum")
BACK = Figure("Network back after 5 s away -> picture on both sides", "s", limit=3)
STOOD_PHONE = Figure("3G: the officer's picture stands still, of a call", "%", limit=5)
STOOD_DESK = Figure("3G: her picture stands still, of a call", "%", limit=5)
NODE_STOOD_PHONE = Figure("The same by a node: the officer's picture", "%", limit=5)
NODE_STOOD_DESK = Figure("The same by a node: her picture", "%", limit=5)
NODE_PHONE = Figure("By a node: Answer -> picture on the phone", "ms", ratio=1.3, beside="peer")
NODE_DESK = Figure("By a node: Answer -> picture on the desk", "ms", ratio=1.3, beside="peer")
NODE_BACK = Figure("By a node: network back after 5 s away -> picture", "s", limit=3)
LATE = Figure("Network back after 60 s away -> picture on both sides", "s", limit=3)
NODE_LATE = Figure("By a node: network back after 60 s away -> picture", "s", limit=3)
NODE_CPU = Figure("Janus CPU a second of a recorded call", "ms", ratio=1.05, beside="bare Janus")
OURS_CPU = Figure("Our CPU a second of a call that a node records, too", "ms", limit=10)
ONLY_COPY = Figure("A packet lies on the node's disk alone, at the longest", "s", limit=5)
ON_ONE_CORE = Figure("Recorded calls on one core of a node, none lost", "calls")
BY_ITS_CPU = Figure("The same, by Janus' CPU while it had time left", "calls")
DIED = Figure("Node killed -> pictures on both sides, by another", "s", limit=8)
STARTED = Figure("Second start of the demo -> ready", "s", limit=5)


def main() -> int:
    with _data() as data:
        with Demo(data) as demo, sync_playwright() as playwright, ExitStack() as browsers:
            demo.until_ready()
            print(f"{TIMES} calls on OpenRVR and on the bare page, in turn", flush=True)
            her, staff = (
                browsers.enter_context(launch(playwright, solid_film(data.parent / name, colour)))
                for name, colour in (("green.y4m", GREEN), ("blue.y4m", BLUE))
            )
            ours = OurDesk(demo, staff)
            _calls(demo, ours, her, staff)
            _slow(demo, her)
            (alarmed,) = eligible(demo, 1)
            ALARM.ours += alarms_seen(her, ours, alarmed, TIMES)
            her.close()
            _recordings(demo, playwright, ours)
            BACK.ours += pictures_back(demo, playwright, ours, data.parent, TIMES)
            demo.end()
            _by_nodes(playwright, data.parent)
            _recorded_by_node(playwright, data.parent)
        load = calls_on_one_core(data.parent / "load")
        print(load.words())
        ON_ONE_CORE.ours.append(load.calls)
        BY_ITS_CPU.ours.append(load.calls_by_cpu)
        _starts(data)
        VERIFIED.ours, VERIFIED.bare = verifications(data.parent, TIMES // 2)
    of_a_recording = [RECORDED_DESK, RECORDED_PHONE, RECORDED_CPU, VERIFIED]
    recorded_by_node = [NODE_CPU, OURS_CPU, ONLY_COPY, ON_ONE_CORE, BY_ITS_CPU]
    of_reaching_her = [USABLE, SLOW_FIRST, SLOW_NEXT, BYTES]
    of_the_call = [PHONE_SEES, DESK_SEES, HANDED, ALARM, BACK]
    of_networks = [STOOD_PHONE, STOOD_DESK, NODE_STOOD_PHONE, NODE_STOOD_DESK]
    of_the_nodes = [LATE, NODE_BACK, NODE_LATE, NODE_PHONE, NODE_DESK, DIED]
    figures = [
        *of_reaching_her,
        *of_the_call,
        *of_networks,
        *of_the_nodes,
        *of_a_recording,
        *recorded_by_node,
        STARTED,
    ]
    print(table(figures))
    missed = [words for figure in figures for words in figure.missed()]
    print("\n".join(["", "Beyond its limit:", *missed] if missed else ["", "All within limits."]))
    return 1 if missed else 0


def _calls(demo: Demo, ours: OurDesk, her: Browser, staff: Browser) -> None:
    references = eligible(demo, TIMES + 1)
    with bare_server() as port:
        bare = BareDesk(port, staff)
        # The first of each is not counted: whatever is done only once is done in it.
        for number, reference in enumerate(references):
            link, handed = ours.consent(reference)
            theirs, own = one_call(her, bare.link, bare), one_call(her, link, ours)
            if not number:
                continue
            HANDED.ours.append(handed)
            BYTES.ours.append(own.loaded)
            for figure, name in OF_A_CALL:
                figure.ours.append(getattr(own, name))
                figure.bare.append(getattr(theirs, name))
            print(".", end="", flush=True)
        print()


def _slow(demo: Demo, her: Browser) -> None:
    for _ in range(TIMES):
        first, following = first_pages(her, link_of(demo, invited(demo)))
        SLOW_FIRST.ours.append(first)
        SLOW_NEXT.ours.append(following)
        print(".", end="", flush=True)
    print()


def _recordings(demo: Demo, playwright: Playwright, ours: OurDesk) -> None:
    references = eligible(demo, max(TIMES // 2, 1) * 2)
    for recorded, without in calls_with_and_without(playwright, demo, ours, references):
        for figure, name in (
            (RECORDED_DESK, "desk"),
            (RECORDED_PHONE, "phone"),
            (RECORDED_CPU, "server"),
        ):
            figure.ours.append(getattr(recorded, name))
            figure.bare.append(getattr(without, name))
        print(".", end="", flush=True)
    print()


def _by_nodes(playwright: Playwright, directory: Path) -> None:
    half = max(TIMES // 2, 1)
    with both_planes(directory) as planes:
        for by_node, peer in calls_on_both(planes, playwright, directory, TIMES):
            for figure, name in ((NODE_PHONE, "phone_sees"), (NODE_DESK, "desk_sees")):
                figure.ours.append(getattr(by_node, name))
                figure.bare.append(getattr(peer, name))
            print(".", end="", flush=True)
        for died in pictures_after_a_death(planes, playwright, directory, half):
            DIED.ours.append(died)
            print(".", end="", flush=True)
        few = max(TIMES // 4, 1)
        for demo, back, times, away in (
            (planes.by_node, NODE_BACK, half, SHORT),
            (planes.peer, LATE, few, LONG),
            (planes.by_node, NODE_LATE, few, LONG),
        ):
            with launch(playwright, solid_film(directory / "blue.y4m", BLUE)) as staff:
                desk = OurDesk(demo, staff)
                back.ours += pictures_back(demo, playwright, desk, directory, times, away)
                desk.goes_home()
            print(".", end="", flush=True)
        for demo, on_phone, on_desk in (
            (planes.peer, STOOD_PHONE, STOOD_DESK),
            (planes.by_node, NODE_STOOD_PHONE, NODE_STOOD_DESK),
        ):
            shares = stood_still(demo, playwright, eligible(demo, half), directory)
            for her_page, his_page in shares:
                on_phone.ours.append(her_page)
                on_desk.ours.append(his_page)
                print(".", end="", flush=True)
    print()


def _recorded_by_node(playwright: Playwright, directory: Path) -> None:
    for cost in costs(playwright, directory, max(TIMES // 2, 1)):
        NODE_CPU.ours.append(cost.janus)
        NODE_CPU.bare.append(cost.bare)
        OURS_CPU.ours.append(cost.ours)
        ONLY_COPY.ours.append(cost.only_copy)
        print(".", end="", flush=True)
    print()


def _starts(data: Path) -> None:
    for _ in range(TIMES):
        with Demo(data) as again:
            STARTED.ours.append(again.until_ready())
            again.end()


@contextmanager
def _data() -> Iterator[Path]:
    """A directory that every account may pass through: PostgreSQL may run as another."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        Path(directory).chmod(0o711)
        yield Path(directory) / "data"


if __name__ == "__main__":
    sys.exit(main())
