"""The victim's page on whatever phone and link she has."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from tests.journeys.given import invited
from tests.journeys.people import Person
from tests.journeys.steps import (
    link_of,
    opens_before_an_upgrade,
    opens_her_link,
    turns_her_camera_on,
)
from tests.running_demo import Demo


def test_a_tap_that_comes_before_the_script_is_not_lost(phone: Person) -> None:
    link_is_slow = [True]
    late: list[Route] = []

    def hold(route: Route) -> None:
        late.append(route) if link_is_slow else route.continue_()

    phone.page.route("**/phone.*.js", hold)
    opens_her_link(phone)
    phone.page.get_by_role("button", name="Continue").click()
    phone.page.get_by_role("button", name="Turn on camera and sound").click()
    assert late
    link_is_slow.clear()
    for route in late:
        route.continue_()
    expect(phone.page.get_by_role("button", name="I am ready")).to_be_visible()


def test_an_upgrade_between_her_first_page_and_the_next_costs_her_nothing(
    phone: Person, demo: Demo
) -> None:
    """The page that she opened does not allow the script that has come since."""
    opens_before_an_upgrade(phone.page, link_of(demo, invited(demo)), "phone.js")
    turns_her_camera_on(phone)


def test_a_sheet_that_was_renewed_under_an_open_page_opens_all_the_same(
    phone: Person, demo: Demo
) -> None:
    page = phone.page
    opens_before_an_upgrade(page, link_of(demo, invited(demo)), "phone_chat.js")
    turns_her_camera_on(phone)
    page.get_by_role("button", name="I am ready").click()
    expect(page.get_by_role("heading", name="An officer will appear here")).to_be_visible()
    # It is refused; a page that is not quite young any more loads itself anew for it.
    with page.expect_navigation(wait_until="domcontentloaded"):
        page.get_by_role("button", name="Write to the call-taker").click()
    page.get_by_role("button", name="Write to the call-taker").click()
    expect(page.locator("#chat")).to_be_visible()


def test_a_script_that_is_no_longer_there_lets_the_page_load_itself_anew(phone: Person) -> None:
    page = phone.page
    opens_her_link(phone)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Are you still on the phone")).to_be_visible()
    page.route("**/phone.*.js", lambda route: route.fulfill(status=404))
    page.reload(wait_until="domcontentloaded")
    page.wait_for_event("domcontentloaded")
    page.unroute("**/phone.*.js")
    page.get_by_role("button", name="Turn on camera and sound").click()
    expect(page.get_by_role("button", name="I am ready")).to_be_visible()
