"""What a node records: kept as the officer's browser's own recording is, and held against it."""

from __future__ import annotations

import os
import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import av
import pytest
from playwright.sync_api import expect

from openrvr.journey.call.media.recording.take import MEDIA_TYPE
from tests.janus import Janus, two_nodes, where
from tests.journeys.axe import assert_accessible
from tests.journeys.demos import second_start
from tests.journeys.packages import Package, exported
from tests.journeys.people import Person
from tests.journeys.planes import agents, by_nodes, start_agent
from tests.journeys.steps import (
    both_see_each_other,
    ends_the_call,
    in_a_call,
    is_hers,
    is_the_officers,
    until,
)
from tests.running_demo import PATIENCE, Demo

_ALL_IS_IN = (
    "SELECT bool_and(t.last IS NOT NULL), count(*) FILTER (WHERE t.media_type = 'video/x-mjr')"
    " FROM evidence_track t JOIN evidence_exhibit e ON e.id = t.exhibit_id"
    " JOIN cases_case c ON c.id = e.case_id WHERE c.reference = %s"
)


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Janus]]:
    with two_nodes(tmp_path_factory.mktemp("nodes")) as running:
        yield running


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("recordings")


@pytest.fixture(scope="module")
def demo(started_before: Path, nodes: dict[str, Janus], recordings: Path) -> Iterator[Demo]:
    with second_start(started_before, **by_nodes(nodes, recordings)) as started:
        yield started


@pytest.fixture(scope="module", autouse=True)
def agents_beside(
    nodes: dict[str, Janus], demo: Demo, recordings: Path
) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    with agents(nodes, demo, recordings) as running:
        yield running


def of_the_node(package: Package, person: str) -> list[dict[str, str]]:
    [exhibit] = [e for e in package.described["exhibits"] if e["kind"] == "recording"]
    return [t for t in exhibit["tracks"] if t["media_type"] == MEDIA_TYPE and t["person"] == person]


def until_all_is_in(demo: Demo, reference: str, tracks: int) -> None:
    until(demo, _ALL_IS_IN, reference, holds=lambda rows: rows == [(True, tracks)])


def _is_true(found: list[tuple[bool]]) -> bool:
    return found == [(True,)]


def until_nothing_is_left(recordings: Path) -> None:
    """Nothing of her stays on a node."""
    deadline = time.monotonic() + PATIENCE
    while left := [p.name for p in recordings.rglob("*") if p.is_file() and p.suffix != ".log"]:
        assert time.monotonic() < deadline, left


def test_what_a_node_records_is_in_the_package_beside_the_officers_own(
    phone: Person, officer: Person, demo: Demo, recordings: Path, tmp_path: Path
) -> None:
    reference = in_a_call(phone, officer)
    for person in (phone, officer):
        person.waits_for_picture(more=100)
    ends_the_call(officer)
    until_all_is_in(demo, reference, 2)
    until_nothing_is_left(recordings)
    package = exported(demo, reference, tmp_path)
    assert package.verify().returncode == 0, package.verify().stdout
    for who in ("victim", "officer"):
        [track] = of_the_node(package, who)
        copy = package.path / "data" / track["copy"]
        with av.open(str(copy)) as shown:
            assert {stream.type for stream in shown.streams} == {"audio", "video"}
            frames = sum(1 for _ in shown.decode(video=0))
        assert frames > 80
    [track] = of_the_node(package, "victim")
    _it_is_janus_own_file(package.path / "data" / track["master"], tmp_path / "own")
    assert package.lost("victim") == []


def _it_is_janus_own_file(master: Path, directory: Path) -> None:
    """By the words of the package's own description, with nothing but tar, cat and Janus' tool."""
    directory.mkdir()
    with tarfile.open(master, ignore_zeros=True) as tar:
        tar.extractall(directory, filter="data")
    whole = directory / "audio.mjr"
    whole.write_bytes(b"".join(p.read_bytes() for p in sorted((directory / "audio").iterdir())))
    said = subprocess.run(
        ("janus-pp-rec", str(whole), str(directory / "audio.opus")), capture_output=True, check=True
    )
    assert b"error" not in said.stdout.lower()


def test_an_agent_that_is_killed_goes_on_where_it_was(
    phone: Person,
    officer: Person,
    demo: Demo,
    nodes: dict[str, Janus],
    recordings: Path,
    agents_beside: dict[str, subprocess.Popen[bytes]],
    tmp_path: Path,
) -> None:
    reference = in_a_call(phone, officer)
    [name] = [name for name, node in nodes.items() if node is where(nodes)[0]]
    officer.waits_for_picture(more=60)
    agents_beside[name].kill()
    agents_beside[name].wait()
    officer.waits_for_picture(more=60)
    agents_beside[name] = start_agent(name, demo, recordings)
    officer.waits_for_picture(more=40)
    ends_the_call(officer)
    until_all_is_in(demo, reference, 2)
    package = exported(demo, reference, tmp_path)
    assert package.verify().returncode == 0
    assert package.lost("victim") == []


def test_a_node_that_is_killed_leaves_what_it_had(
    phone: Person, officer: Person, demo: Demo, nodes: dict[str, Janus], tmp_path: Path
) -> None:
    reference = in_a_call(phone, officer)
    officer.waits_for_picture(more=60)
    where(nodes)[0].kill()
    both_see_each_other(phone, officer)
    officer.waits_for_picture(more=60)
    for node in nodes.values():
        if not node.is_running:
            node.start()
    ends_the_call(officer)
    # Two of each, on one node and then on the other.
    until_all_is_in(demo, reference, 4)
    package = exported(demo, reference, tmp_path)
    assert package.verify().returncode == 0
    for person in ("victim", "officer"):
        assert len(of_the_node(package, person)) == 2
        assert sum(seconds for what, _, seconds in package.lost(person) if what == "everything") < 8


@pytest.fixture
def disks(recordings: Path, nodes: dict[str, Janus]) -> Iterator[dict[str, Path]]:
    """Each node's recordings on a disk of their own, which is soon full; by the node's name."""
    if os.geteuid() != 0:
        pytest.skip("to mount a small disk one has to be root")
    found = {name: recordings / name for name in nodes}
    for path in found.values():
        path.mkdir(exist_ok=True)
        subprocess.run(("mount", "-t", "tmpfs", "-o", "size=8m", "disk", path), check=True)
    yield found
    for path in found.values():
        subprocess.run(("umount", "--lazy", path), check=True)


def test_a_node_whose_disk_is_full_loses_nothing_and_gets_no_more_calls(
    disks: dict[str, Path],
    phone: Person,
    officer: Person,
    demo: Demo,
    nodes: dict[str, Janus],
    tmp_path: Path,
) -> None:
    reference = in_a_call(phone, officer)
    officer.waits_for_picture(more=60)
    has_it, _ = where(nodes)
    [name] = [name for name, node in nodes.items() if node is has_it]
    with suppress(OSError), (disks[name] / "filler").open("wb", buffering=0) as filler:
        while True:
            filler.write(bytes(1000))
    # The officer's own recording goes on, and everybody sees everybody.
    until(demo, "SELECT is_full FROM call_noderoom WHERE name = %s", name, holds=_is_true)
    both_see_each_other(phone, officer)
    ends_the_call(officer)
    until_all_is_in(demo, reference, 2)
    in_a_call(phone, officer)
    assert where(nodes)[0] is not has_it
    ends_the_call(officer)
    # What was kept elsewhere is gone from it, however little room there was for a note.
    (disks[name] / "filler").unlink()
    until_nothing_is_left(disks[name])
    package = exported(demo, reference, tmp_path)
    assert package.verify().returncode == 0
    assert package.lost("victim") == []


def test_an_officer_sees_both_recordings_and_where_they_differ(
    phone: Person, officer: Person, demo: Demo
) -> None:
    reference = in_a_call(phone, officer)
    officer.waits_for_picture(more=60)
    ends_the_call(officer)
    until_all_is_in(demo, reference, 2)
    with officer.context.expect_page() as opened:
        officer.page.locator("#evidence-card a").click()
    player = Person(opened.value, demo)
    _plays_both(player)
    player.page.get_by_role("link", name="the media node").click()
    _plays_both(player)
    differ = player.page.get_by_role("heading", name="Where the two recordings differ")
    expect(differ).to_be_visible()
    assert_accessible(player.page)


def _plays_both(player: Person) -> None:
    expect(player.page.locator("#making")).to_have_text("", timeout=60_000)
    player.page.locator("#play").click()
    for person in ("victim", "officer"):
        at_two = "(id) => document.getElementById(id).currentTime > 2"
        player.page.wait_for_function(at_two, arg=f"video-{person}")
    assert is_hers(player.sees("video-victim"))
    assert is_the_officers(player.sees("video-officer"))
