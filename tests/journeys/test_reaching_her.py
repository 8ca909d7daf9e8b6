"""The victim's page on whatever phone and link she has."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from tests.journeys.people import Person
from tests.journeys.steps import opens_her_link


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
