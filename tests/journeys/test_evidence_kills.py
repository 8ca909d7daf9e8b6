"""Bad days of the evidence store: processes killed, the disk full, the network away."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from openrvr.journey.evidence.directory import RESERVE
from tests.journeys.demos import second_start
from tests.journeys.packages import exported, wait_until_kept
from tests.journeys.people import Person
from tests.journeys.steps import (
    answer_button,
    both_see_each_other,
    checks_in,
    ends_the_call,
)
from tests.running_demo import Demo

Seat = Callable[[str], Person]
ROOM = 96 * 1024 * 1024


@pytest.fixture(scope="module")
def store() -> Iterator[Path]:
    """A disk of its own for evidence, a little larger than what is always left free on it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        size = RESERVE + ROOM
        made = subprocess.run(
            ("mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", directory),
            check=False,
            capture_output=True,
            text=True,
        )
        if made.returncode:
            sentence = f"A small disk cannot be mounted here: {made.stderr.strip()}"
            pytest.fail(sentence) if os.geteuid() == 0 else pytest.skip(sentence)
        try:
            yield Path(directory)
        finally:
            subprocess.run(("umount", "--lazy", directory), check=True)


@pytest.fixture(scope="module")
def demo(started_before: Path, store: Path) -> Iterator[Demo]:
    there = str(store / "evidence")
    with second_start(started_before, OPENRVR_EVIDENCE_STORAGE=there) as started:
        yield started


def in_a_call(phone: Person, officer: Person) -> str:
    reference = checks_in(phone)
    answer_button(officer).click()
    both_see_each_other(phone, officer)
    expect(officer.page.locator("#recording")).to_be_visible()
    return reference


def all_is_kept(demo: Demo, reference: str, directory: Path) -> None:
    wait_until_kept(demo, reference)
    package = exported(demo, reference, directory)
    said = package.verify()
    assert said.returncode == 0, said.stderr
    for person in ("victim", "officer"):
        assert package.lost(person) == []


def test_whatever_is_killed_on_the_server_no_second_is_missing(
    demo: Demo, phone: Person, officer: Person, tmp_path: Path
) -> None:
    reference = in_a_call(phone, officer)
    for name in ("web", "postgresql", "worker"):
        demo.kill(name)
        demo.recovers()
        officer.waits_for_picture(more=40)
    ends_the_call(officer)
    all_is_kept(demo, reference, tmp_path)


def test_a_full_store_is_told_and_when_it_has_room_nothing_is_missing(
    demo: Demo, phone: Person, officer: Person, store: Path, tmp_path: Path
) -> None:
    reference = in_a_call(phone, officer)
    words = officer.page.locator("#stage-words")
    filler = store / "filler"
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, ROOM)
    expect(words).to_contain_text("the server's evidence store is full")
    filler.unlink()
    expect(words).not_to_contain_text("evidence store is full")
    both_see_each_other(phone, officer)
    ends_the_call(officer)
    all_is_kept(demo, reference, tmp_path)
