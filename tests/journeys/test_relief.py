"""A call goes from one officer to another while it goes on: she is never without one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.axe import assert_accessible
from tests.journeys.packages import exported, wait_until_kept
from tests.journeys.people import Person
from tests.journeys.planes import on_both_planes
from tests.journeys.steps import (
    ends_the_call,
    goes_home,
    goes_on_duty,
    in_a_call,
    is_hers,
    is_the_officers,
    leaves,
)

pytestmark = on_both_planes
Seat = Callable[[str], Person]
# The longest that the officer's picture stood still on her screen, from now on; milliseconds.
WATCHES = """() => {
  const video = document.getElementById("remote-video");
  let last = performance.now();
  window.stood = 0;
  const next = () => {
    window.stood = Math.max(window.stood, performance.now() - last);
    last = performance.now();
    video.requestVideoFrameCallback(next);
  };
  video.requestVideoFrameCallback(next);
}"""


@pytest.fixture
def phone(phone: Person) -> Iterator[Person]:
    yield phone
    leaves(phone)


@pytest.fixture
def colleague(seat: Seat) -> Iterator[Person]:
    person = seat("officer-2")
    yield person
    goes_home(person)


def asks_to_take_over(officer: Person) -> None:
    """Of the only one who is free."""
    officer.page.get_by_text("Hand the call to another officer").click()
    officer.page.get_by_role("button", name="Ask to take over").click()


def test_another_officer_takes_the_call_over_without_a_gap(
    phone: Person, officer: Person, colleague: Person, tmp_path: Path
) -> None:
    goes_on_duty(colleague)
    reference = in_a_call(phone, officer)
    before = phone.page.locator("#call-with").inner_text()
    asks_to_take_over(officer)
    assert_accessible(officer.page)
    taking = colleague.page.get_by_role("button", name="Take it over")
    expect(taking).to_be_visible()
    assert_accessible(colleague.page)
    phone.page.evaluate(WATCHES)
    taking.click()

    assert is_hers(colleague.waits_for_picture())
    expect(officer.page.locator("#stage-state")).to_contain_text("has taken the call over")
    expect(phone.page.locator("#call-with")).not_to_have_text(before)
    expect(phone.page.locator("#guests li")).to_have_count(0)
    assert is_the_officers(phone.waits_for_picture())
    # Both have been in it for a while: no picture of an officer stood still for a second.
    assert phone.page.evaluate("window.stood") < 1500
    expect(officer.page.get_by_role("button", name="Go off duty")).to_be_enabled()

    # And back again, in the same call.
    asks_to_take_over(colleague)
    officer.page.get_by_role("button", name="Take it over").click()
    assert is_hers(officer.waits_for_picture())
    expect(colleague.page.locator("#stage-state")).to_contain_text("has taken the call over")
    expect(phone.page.locator("#call-with")).to_have_text(before)
    assert is_the_officers(phone.waits_for_picture())
    officer.waits_for_picture(more=60)
    ends_the_call(officer)
    wait_until_kept(officer.demo, reference)
    package = exported(officer.demo, reference, tmp_path)
    assert package.verify().returncode == 0
    assert package.lost("victim") == []
    assert package.lost("officer") == []


def test_the_one_who_asked_may_keep_the_call(
    phone: Person, officer: Person, colleague: Person
) -> None:
    goes_on_duty(colleague)
    in_a_call(phone, officer)
    ask = officer.page.get_by_text("Hand the call to another officer")
    ask.click()
    officer.page.get_by_role("button", name="Ask to take over").click()
    taking = colleague.page.get_by_role("button", name="Take it over")
    expect(taking).to_be_visible()
    officer.page.get_by_role("button", name="Keep the call").click()
    expect(taking).to_be_hidden()
    expect(ask).to_be_visible()
    assert is_the_officers(phone.waits_for_picture())
    ends_the_call(officer)


def test_a_supervisor_takes_a_call_over_unasked(
    phone: Person, officer: Person, sergeant: Person, tmp_path: Path
) -> None:
    goes_on_duty(sergeant)
    reference = in_a_call(phone, officer)
    taking = sergeant.page.get_by_role("button", name="Take the call of PC 1042 over")
    expect(taking).to_be_visible()
    assert_accessible(sergeant.page)
    phone.page.evaluate(WATCHES)
    taking.click()
    assert is_hers(sergeant.waits_for_picture())
    expect(officer.page.locator("#stage-state")).to_contain_text("Sergeant 88 has taken the call")
    assert is_the_officers(phone.waits_for_picture())
    assert phone.page.evaluate("window.stood") < 1500
    expect(phone.page.locator("#call-with")).to_contain_text("Sergeant 88")
    sergeant.waits_for_picture(more=60)
    ends_the_call(sergeant)
    wait_until_kept(sergeant.demo, reference)
    package = exported(sergeant.demo, reference, tmp_path)
    assert package.verify().returncode == 0
    assert package.lost("victim") == []
