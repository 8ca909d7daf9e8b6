"""More people in a call: she agrees first, then everybody sees everybody, and it is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, expect

from tests.journeys.axe import assert_accessible
from tests.journeys.browsers import RED, launch, solid_film
from tests.journeys.firefox import firefox_phone
from tests.journeys.guests import (
    NAME,
    arrival,
    asks_for,
    comes_in,
    is_theirs,
    link_for,
    sees_in_tile,
)
from tests.journeys.packages import exported, wait_until_kept
from tests.journeys.people import Person
from tests.journeys.planes import on_both_planes
from tests.journeys.steps import ends_the_call, in_a_call, is_hers, is_the_officers, leaves
from tests.running_demo import Demo

pytestmark = on_both_planes


@pytest.fixture(scope="module")
def their_browser(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    browser = launch(playwright, solid_film(tmp_path_factory.mktemp("film") / "red.y4m", RED))
    yield browser
    browser.close()


@pytest.fixture
def arrives(
    their_browser: Browser, demo: Demo, contexts: list[BrowserContext]
) -> Callable[[str], Person]:
    """Somebody in a browser of their own, who opens this link."""

    return arrival(their_browser, demo, contexts)


@pytest.fixture
def phone(phone: Person) -> Iterator[Person]:
    yield phone
    leaves(phone)


def test_an_interpreter_comes_in_when_she_has_agreed(
    phone: Person, officer: Person, arrives: Callable[[str], Person], tmp_path: Path
) -> None:
    reference = in_a_call(phone, officer)
    asks_for(officer)
    question = phone.page.get_by_role("group", name="May this person come into the call?")
    expect(question).to_contain_text(NAME)
    expect(question).to_contain_text("Interpreter")
    assert_accessible(phone.page)
    # Before she has said yes there is no link to give to anybody.
    expect(officer.page.get_by_label(f"Link for {NAME}", exact=True)).to_have_count(0)
    question.get_by_role("button", name="Yes, let them in").click()
    expect(question).to_be_hidden()
    expect(officer.page.get_by_label(f"Link for {NAME}", exact=True)).to_be_visible()
    assert_accessible(officer.page)

    link = link_for(officer)
    officer.context.grant_permissions(["clipboard-read", "clipboard-write"])
    officer.page.get_by_role("button", name=f"Copy the link for {NAME}").click()
    expect(officer.page.get_by_text("Copied.")).to_be_visible()
    assert officer.page.evaluate("navigator.clipboard.readText()") == link
    guest = arrives(link)
    assert_accessible(guest.page)
    comes_in(guest)

    # Each of the three sees the two others.
    assert is_hers(guest.waits_for_picture())
    assert is_the_officers(sees_in_tile(guest))
    assert is_theirs(sees_in_tile(phone))
    assert is_theirs(sees_in_tile(officer))
    assert is_the_officers(phone.waits_for_picture())
    assert is_hers(officer.waits_for_picture())
    expect(phone.page.get_by_role("list", name="Others in the call")).to_contain_text(NAME)
    for person in (phone, officer, guest):
        assert_accessible(person.page)

    # The link was for one browser; whoever else has it finds nothing.
    other = arrives(link)
    expect(other.page.get_by_role("heading")).to_have_text("There is nothing here")

    # A reload comes back by itself; so does a reload of hers.
    guest.page.reload(wait_until="domcontentloaded")
    assert is_hers(guest.waits_for_picture())
    phone.page.reload(wait_until="domcontentloaded")
    assert is_theirs(sees_in_tile(phone))

    ends_the_call(officer)
    expect(guest.page.get_by_role("heading", name="The call is over for you")).to_be_visible()
    wait_until_kept(officer.demo, reference, people=3)
    package = exported(officer.demo, reference, tmp_path)
    assert package.verify().returncode == 0
    [exhibit] = [e for e in package.described["exhibits"] if e["kind"] == "recording"]
    people = {track["person"] for track in exhibit["tracks"]}
    assert people == {"victim", "officer", "interpreter-1"}
    # Before they came in nothing of them could be kept: that is said, and is no fault.
    missing, cause, seconds = package.gaps("interpreter-1")[0]
    assert (missing, cause) == ("everything", "not_in_call")
    assert seconds > 1


def test_a_fourth_person_comes_and_a_fifth_is_not_asked(
    phone: Person, officer: Person, arrives: Callable[[str], Person]
) -> None:
    in_a_call(phone, officer)
    guests = []
    for number, name in enumerate(("First Interpreter", "Second Interpreter")):
        asks_for(officer, name=name)
        phone.page.get_by_role("button", name="Yes, let them in").click()
        expect(officer.page.get_by_label(f"Link for {name}", exact=True)).to_be_visible()
        guests.append(arrives(link_for(officer, name)))
        comes_in(guests[-1])
        assert is_theirs(sees_in_tile(phone, number))
    for guest in guests:
        assert is_hers(guest.waits_for_picture())
        both = (sees_in_tile(guest, 0), sees_in_tile(guest, 1))
        assert sum(is_the_officers(seen) for seen in both) == 1
        assert sum(is_theirs(seen) for seen in both) == 1
    assert is_the_officers(phone.waits_for_picture())
    asks_for(officer, name="Third Interpreter")
    expect(officer.page.get_by_text("At most 4 people can be in a call")).to_be_visible()
    expect(phone.page.get_by_role("group", name="May this person come in")).to_have_count(0)
    ends_the_call(officer)


def test_a_guest_may_come_in_firefox(phone: Person, officer: Person, tmp_path: Path) -> None:
    in_a_call(phone, officer)
    asks_for(officer)
    phone.page.get_by_role("button", name="Yes, let them in").click()
    expect(officer.page.get_by_label(f"Link for {NAME}", exact=True)).to_be_visible()
    with firefox_phone(tmp_path) as guest:
        guest.opens(link_for(officer))
        guest.taps("Continue")
        guest.taps("Turn on camera and sound")
        guest.taps("Come in")
        assert is_hers(guest.waits_for_picture())
        guest.waits_for("() => document.querySelector('#guests video')")
        guest.run("() => { document.querySelector('#guests video').id = 'small'; }")
        assert is_the_officers(guest.sees("small", more=10))
        for person in (phone, officer):
            sees_in_tile(person)
        assert is_the_officers(phone.waits_for_picture())
        guest.taps("Leave")
        guest.reads("The call is over for you")
    expect(phone.page.locator("#guests video")).to_have_count(0)
    ends_the_call(officer)


def test_who_signs_is_large_and_can_be_taken_out(
    phone: Person, officer: Person, arrives: Callable[[str], Person]
) -> None:
    in_a_call(phone, officer)
    asks_for(officer, kind="sign_language")
    phone.page.get_by_role("button", name="Yes, let them in").click()
    expect(officer.page.get_by_label(f"Link for {NAME}", exact=True)).to_be_visible()
    guest = arrives(link_for(officer))
    comes_in(guest)
    assert is_theirs(sees_in_tile(phone))
    signing = phone.page.locator("#guests video").bounding_box()
    speaking = phone.page.locator("#remote-video").bounding_box()
    assert signing
    assert speaking
    assert signing["width"] * signing["height"] > 3 * speaking["width"] * speaking["height"]

    officer.page.get_by_role("button", name=f"Take {NAME} out of the call").click()
    expect(guest.page.get_by_role("heading", name="The call is over for you")).to_be_visible()
    for person in (phone, officer):
        expect(person.page.locator("#guests li")).to_have_count(0)
    assert is_the_officers(phone.waits_for_picture())
    assert is_hers(officer.waits_for_picture())
    ends_the_call(officer)


def test_whom_she_does_not_want_never_comes(phone: Person, officer: Person) -> None:
    in_a_call(phone, officer)
    asks_for(officer)
    phone.page.get_by_role("button", name="No", exact=True).click()
    expect(officer.page.locator("#guests-card")).to_contain_text("she said no")
    expect(officer.page.get_by_label(f"Link for {NAME}", exact=True)).to_have_count(0)
    ends_the_call(officer)
