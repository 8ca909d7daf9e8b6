"""Somebody who only listens: where the policy says so, with her yes, and shown to everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.journeys.axe import assert_accessible
from tests.journeys.demos import ORDINARY, second_start
from tests.journeys.guests import arrival, link_for
from tests.journeys.packages import exported, wait_until_kept
from tests.journeys.people import Person
from tests.journeys.steps import ends_the_call, in_a_call, is_hers, leaves
from tests.running_demo import Demo

NAME = "Test Supervisor"


@pytest.fixture(scope="module")
def demo(started_before: Path) -> Iterator[Demo]:
    assert "silent_observers = false" in ORDINARY
    policy = ORDINARY.replace("silent_observers = false", "silent_observers = true")
    with second_start(started_before, policy) as started:
        yield started


@pytest.fixture
def arrives(
    staff_browser: Browser, demo: Demo, contexts: list[BrowserContext]
) -> Callable[[str], Person]:
    return arrival(staff_browser, demo, contexts)


def test_who_only_listens_is_shown_and_neither_seen_nor_kept(
    phone: Person, officer: Person, arrives: Callable[[str], Person], tmp_path: Path
) -> None:
    reference = in_a_call(phone, officer)
    officer.page.get_by_text("Ask somebody into the call").click()
    form = officer.page.locator("#guest-other")
    form.get_by_label("Somebody else: name").fill(NAME)
    form.get_by_label("They come as").select_option("supervisor")
    form.get_by_label("Listens only").check()
    form.get_by_role("button", name="Ask her").click()
    question = phone.page.get_by_role("group", name="May this person come into the call?")
    expect(question).to_contain_text("You will not see or hear them.")
    question.get_by_role("button", name="Yes, let them in").click()
    expect(officer.page.get_by_label(f"Link for {NAME}", exact=True)).to_be_visible()

    observer = arrives(link_for(officer, NAME))
    observer.page.add_init_script(
        "navigator.mediaDevices.getUserMedia = () => { window.asked = true; throw new Error(); }"
    )
    observer.page.get_by_role("button", name="Continue").click()
    expect(observer.page.get_by_role("button", name="Turn on camera and sound")).to_have_count(0)
    assert_accessible(observer.page)
    observer.page.get_by_role("button", name="Come in").click()
    assert is_hers(observer.waits_for_picture())
    assert not observer.page.evaluate("window.asked")

    for person in (phone, officer):
        tile = person.page.locator("#guests li")
        expect(tile).to_contain_text(NAME)
        expect(tile).to_contain_text("listens only")
        expect(tile.locator("video")).to_have_count(0)
    # She sends them away as she has let them in.
    phone.page.get_by_role("button", name=f"Ask them to leave: {NAME}").click()
    expect(observer.page.get_by_role("heading", name="The call is over for you")).to_be_visible()
    expect(officer.page.locator("#guests li")).to_have_count(0)

    ends_the_call(officer)
    wait_until_kept(officer.demo, reference)
    [exhibit] = [
        e
        for e in exported(officer.demo, reference, tmp_path).described["exhibits"]
        if e["kind"] == "recording"
    ]
    assert {track["person"] for track in exhibit["tracks"]} == {"victim", "officer"}
    leaves(phone)
