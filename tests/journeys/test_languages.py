"""Her pages for everyone: in her language, from right to left, on a small screen, by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.axe import assert_accessible
from tests.journeys.browsers import PHONE
from tests.journeys.people import Person
from tests.journeys.steps import answer_button, both_see_each_other, checks_in, opens_her_link, rows

CALLS = """SELECT count(*), count(call.ended_at) FROM call_call call
 JOIN cases_case c ON c.id = call.case_id WHERE c.reference = %s"""

# Half of the smallest phone's width at 200%, and what WCAG 1.4.10 asks for.
SMALL = {"width": 320, "height": 640}

_TOO_SMALL = """() => [...document.querySelectorAll("a, button, summary, input, label")]
  .filter((each) => each.checkVisibility() && !each.matches(".phone__skip, :disabled"))
  .map((each) => [each.textContent.trim(), each.getBoundingClientRect()])
  .filter(([, { width, height }]) => Math.round(width) < 44 || Math.round(height) < 44)
  .map(([words, { width, height }]) => `${words}: ${width} x ${height}`)"""

_CUT_OFF = """() => {
  const { scrollWidth, clientWidth } = document.scrollingElement;
  const wide = scrollWidth > clientWidth ? [`the page: ${scrollWidth} px`] : [];
  const cut = [...document.querySelectorAll("a, button, summary, p, li, h1, h2")]
    .filter((each) => each.checkVisibility() && !each.closest(".visually-hidden, .phone__skip"))
    .filter((each) => {
      const { left, right } = each.getBoundingClientRect();
      return left < -1 || right > clientWidth + 1 || each.scrollWidth > each.clientWidth + 1;
    });
  return [...wide, ...cut.map((each) => each.textContent.trim())];
}"""


def _is_for_everyone(page: Page, name: str) -> None:
    """`name` tells which page it is."""
    assert_accessible(page)
    assert page.evaluate(_TOO_SMALL) == [], name
    page.set_viewport_size({"width": SMALL["width"], "height": SMALL["height"]})
    assert page.evaluate(_CUT_OFF) == [], name
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})


def _chooses(page: Page, language: str) -> None:
    page.locator("summary.phone__language").click()
    page.get_by_role("button", name=language, exact=True).click()


@pytest.mark.parametrize("code", ["en", "ar"])
def test_each_page_of_hers_is_for_everyone(phone: Person, officer: Person, code: str) -> None:
    page = phone.page
    opens_her_link(phone, language=code)
    expect(page.locator(f"html[lang={code}]")).to_be_attached()
    page.locator("summary.phone__language").click()
    _is_for_everyone(page, "languages")
    page.locator("summary.phone__language").click()
    _is_for_everyone(page, "hello")
    page.locator("form[data-next] button").click()
    page.locator("#open-camera").wait_for()
    _is_for_everyone(page, "camera")
    page.locator("#open-camera").click()
    page.locator("#ready").wait_for()
    _is_for_everyone(page, "ready")
    page.locator("#ready").click()
    expect(page.locator("#waiting-since")).to_contain_text("1" if code == "en" else "ث")
    _is_for_everyone(page, "waiting")
    answer_button(officer).click()
    both_see_each_other(phone, officer)
    _is_for_everyone(page, "call")
    page.locator("#leave").click()
    _is_for_everyone(page, "leaving")
    page.locator("#leave-now").click()
    expect(page.locator("[data-after=call]")).to_be_visible()
    _is_for_everyone(page, "thanks")
    page.reload(wait_until="domcontentloaded")
    _is_for_everyone(page, "harmless")


def test_another_language_in_mid_call_keeps_the_call(phone: Person, officer: Person) -> None:
    reference = checks_in(phone)
    answer_button(officer).click()
    both_see_each_other(phone, officer)
    entries = phone.page.evaluate("history.length")
    _chooses(phone.page, "العربية")
    expect(phone.page.locator("html[lang=ar][dir=rtl] #leave")).to_contain_text("مغادرة")
    both_see_each_other(phone, officer)
    assert rows(phone.demo, CALLS, reference) == [(1, 0)]
    # Nothing to go back to.
    assert phone.page.evaluate("history.length") == entries
    # What the page's script says is in it too.
    phone.page.locator("#rung-down").click()
    expect(phone.page.locator("#rung-words")).to_have_text("صوت، مع صورة من حين إلى آخر")


def test_the_languages_are_near_by_keyboard(phone: Person) -> None:
    page = phone.page
    opens_her_link(phone)
    page.keyboard.press("Tab")
    expect(page.locator(".phone__skip")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("summary.phone__language")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    welsh = page.get_by_role("button", name="Cymraeg")
    expect(welsh).to_be_focused()
    outline = "(button) => parseFloat(getComputedStyle(button).outlineWidth)"
    assert welsh.evaluate(outline) >= 2
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Ymlaen")).to_be_visible()
    # By the way back she would meet the first page in English: nothing was used up.
    page.get_by_role("button", name="Ymlaen").click()
    expect(page.get_by_role("button", name="Troi'r camera a'r sain ymlaen")).to_be_visible()


def test_without_a_script_each_page_changes_its_language(
    her_browser: Browser, phone: Person, contexts: list[BrowserContext]
) -> None:
    context = her_browser.new_context(java_script_enabled=False)
    contexts.append(context)
    page = context.new_page()
    opens_her_link(Person(page, phone.demo))
    _chooses(page, "Polski")
    page.get_by_role("button", name="Dalej").click()
    page.get_by_role("button", name="Kontynuuj bez wideo").click()
    _chooses(page, "Українська")
    expect(page.get_by_role("button", name="Зателефонуйте мені")).to_be_visible()
    assert page.url.endswith("/p/plain")
