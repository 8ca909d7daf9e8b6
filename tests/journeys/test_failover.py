"""A media node that dies in the middle of a call: they see each other again by themselves."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.janus import Janus, two_nodes, until_it_has, where
from tests.journeys.demos import second_start
from tests.journeys.packages import exported, openrvr, wait_until_kept
from tests.journeys.people import Person
from tests.journeys.planes import by_nodes
from tests.journeys.steps import (
    both_see_each_other,
    ends_the_call,
    goes_on_duty,
    in_a_call,
)
from tests.running_demo import Demo

# Seconds between two beats.
BEAT = 1


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Janus]]:
    with two_nodes(tmp_path_factory.mktemp("nodes")) as running:
        yield running


@pytest.fixture(scope="module")
def demo(started_before: Path, nodes: dict[str, Janus]) -> Iterator[Demo]:
    with second_start(started_before, **by_nodes(nodes)) as started:
        yield started


@pytest.fixture(autouse=True)
def all_nodes(nodes: dict[str, Janus]) -> Iterator[None]:
    yield
    for node in nodes.values():
        node.go_on()
        if not node.is_running:
            node.start()


@pytest.mark.parametrize("end", [Janus.kill, Janus.hang], ids=["killed", "hangs"])
def test_they_see_each_other_again_by_themselves(
    phone: Person,
    officer: Person,
    nodes: dict[str, Janus],
    end: Callable[[Janus], None],
    tmp_path: Path,
) -> None:
    reference = in_a_call(phone, officer)
    expect(officer.page.locator("#recording")).to_contain_text("REC, gap")
    officer.waits_for_picture(more=40)
    has_it, has_none = where(nodes)
    end(has_it)
    gone = time.monotonic()
    until_it_has(has_none, 1)
    both_see_each_other(phone, officer)
    interrupted = time.monotonic() - gone
    print(f"\npictures again after {interrupted:.1f} s")
    officer.waits_for_picture(more=40)
    ends_the_call(officer)
    wait_until_kept(officer.demo, reference)
    package = exported(officer.demo, reference, tmp_path)
    assert package.verify().returncode == 0
    [(what, why, seconds)] = package.lost("victim")
    assert (what, why) == ("everything", "network")
    # It is declared from the last beat that was heard.
    assert 0 < seconds < interrupted + BEAT
    # Nothing is left of it on the node that lives; the other one is rid of it when it is back.
    until_it_has(has_none, 0)


def test_a_supervisor_takes_the_call_over_while_its_node_dies(
    phone: Person, officer: Person, sergeant: Person, nodes: dict[str, Janus], tmp_path: Path
) -> None:
    goes_on_duty(sergeant)
    reference = in_a_call(phone, officer)
    officer.waits_for_picture(more=40)
    has_it, has_none = where(nodes)
    taking = sergeant.page.get_by_role("button", name="Take the call of PC 1042 over")
    expect(taking).to_be_visible()
    has_it.kill()
    taking.click()
    until_it_has(has_none, 1)
    both_see_each_other(phone, sergeant)
    expect(officer.page.locator("#stage-state")).to_contain_text("Sergeant 88 has taken the call")
    sergeant.waits_for_picture(more=40)
    ends_the_call(sergeant)
    wait_until_kept(sergeant.demo, reference)
    package = exported(sergeant.demo, reference, tmp_path)
    assert package.verify().returncode == 0
    assert {(what, why) for what, why, _ in package.lost("victim")} == {("everything", "network")}


def test_a_node_that_comes_back_with_old_rooms_is_rid_of_them(
    phone: Person, officer: Person, nodes: dict[str, Janus]
) -> None:
    in_a_call(phone, officer)
    has_it, _ = where(nodes)
    has_it.hang()
    phone.page.wait_for_function("() => document.getElementById('remote-video') !== null")
    has_it.go_on()
    ends_the_call(officer)
    for node in nodes.values():
        until_it_has(node, 0)


def test_the_web_process_is_restarted_and_the_call_goes_on(
    phone: Person, officer: Person, demo: Demo
) -> None:
    in_a_call(phone, officer)
    demo.kill("web")
    demo.recovers()
    both_see_each_other(phone, officer)
    ends_the_call(officer)


def test_who_hangs_up_leaves_no_room_behind(
    phone: Person, officer: Person, nodes: dict[str, Janus]
) -> None:
    in_a_call(phone, officer)
    has_it, _ = where(nodes)
    ends_the_call(officer)
    until_it_has(has_it, 0)


def test_without_any_node_the_call_waits_for_one(
    phone: Person, officer: Person, nodes: dict[str, Janus]
) -> None:
    in_a_call(phone, officer)
    for node in nodes.values():
        node.kill()
    expect(officer.page.locator("#stage-state")).to_contain_text("Connection lost")
    next(iter(nodes.values())).start()
    both_see_each_other(phone, officer)
    ends_the_call(officer)


def test_a_node_that_is_drained_keeps_what_it_has_unless_it_is_to_go_at_once(
    phone: Person, officer: Person, demo: Demo, nodes: dict[str, Janus]
) -> None:
    def says(what: str, *how: str) -> None:
        [name] = [name for name, node in nodes.items() if node is has_it]
        command = ("media", what, name, "--by", "supervisor", "--data", str(demo.data), *how)
        said = openrvr(*command, **demo.environment)
        assert said.returncode == 0, said.stderr

    in_a_call(phone, officer)
    has_it, has_none = where(nodes)
    says("drain")
    officer.waits_for_picture(more=120)
    assert where(nodes)[0] is has_it
    says("drain", "--at-once")
    until_it_has(has_none, 1)
    until_it_has(has_it, 0)
    both_see_each_other(phone, officer)
    says("back")
    ends_the_call(officer)
