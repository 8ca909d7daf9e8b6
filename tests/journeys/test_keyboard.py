"""The whole of her way with nothing but the keys of a keyboard: Tab, Enter and Space."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.people import Person
from tests.journeys.steps import answer_button, both_see_each_other, opens_her_link

# What has the focus: its name, and whether all of it that can be seen is on the screen and nothing
# lies over it.
_FOCUSED = """() => {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return null;
  const { left, top, right, bottom } = focused.getBoundingClientRect();
  const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  const style = getComputedStyle(focused);
  return {
    name: focused.getAttribute("aria-label") ?? focused.innerText.replace(/\\s+/g, " ").trim(),
    inside: left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight,
    uncovered: over !== null && (focused.contains(over) || over.contains(focused)),
    marked: focused.matches(":focus-visible") &&
      (style.outlineStyle !== "none" || style.boxShadow !== "none"),
  };
}"""
# More stops than any of her pages has.
ROUND = 30


def goes_to(phone: Person, name: str) -> None:
    """Tab until `name` has the focus, which must be seen there."""
    stops = []
    for _ in range(ROUND):
        phone.page.keyboard.press("Tab")
        focused = phone.page.evaluate(_FOCUSED)
        stops.append(focused)
        if focused and focused["name"].startswith(name):
            assert focused["inside"], focused
            assert focused["uncovered"], focused
            assert focused["marked"], focused
            return
    raise AssertionError(f"{name} is not among {stops}")


def presses(phone: Person, name: str, key: str) -> None:
    goes_to(phone, name)
    phone.page.keyboard.press(key)


@pytest.mark.parametrize(
    ("width", "height"), [(390, 844), (195, 422)], ids=["as it is", "at twice the size"]
)
def test_from_the_link_to_the_end_of_the_call(
    phone: Person, officer: Person, width: int, height: int
) -> None:
    page = phone.page
    page.set_viewport_size({"width": width, "height": height})
    opens_her_link(phone)
    presses(phone, "Continue", "Enter")
    expect(page.get_by_role("heading", name="Are you still on the phone")).to_be_focused()
    presses(phone, "No: turn on camera and sound", "Space")
    expect(page.get_by_role("heading", name="This is how you will be seen")).to_be_focused()
    presses(phone, "I am ready", "Enter")
    expect(page.get_by_role("heading", name="An officer will appear here")).to_be_focused()
    goes_to(phone, "Exit this page")
    answer_button(officer).click()
    both_see_each_other(phone, officer)
    expect(page.get_by_role("heading", name="Video call")).to_be_focused()
    presses(phone, "Camera", "Space")
    expect(officer.page.locator("#stage-words")).to_contain_text("Her camera is off")
    page.keyboard.press("Space")
    expect(officer.page.locator("#stage-words")).not_to_contain_text("Her camera is off")
    presses(phone, "Sound", "Enter")
    expect(officer.page.locator("#stage-words")).to_contain_text("Her sound is off")
    presses(phone, "Your own picture", "Enter")
    expect(page.locator("#self-view")).to_have_attribute("data-corner", "top-start")
    goes_to(phone, "Exit this page")
    presses(phone, "Leave", "Enter")
    # Nothing that is pressed once too often ends the call.
    expect(page.get_by_role("button", name="Stay")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Leave")).to_be_focused()
    page.keyboard.press("Enter")
    presses(phone, "End it", "Space")
    expect(page.get_by_role("heading", name="Thank you")).to_be_focused()
