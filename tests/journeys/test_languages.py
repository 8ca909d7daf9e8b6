"""Her pages for everyone: in her language, from right to left, on a small screen, by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.axe import assert_accessible
from tests.journeys.browsers import PHONE, phone_context
from tests.journeys.her_pages import WAYS, Visit, Way
from tests.journeys.people import Person
from tests.journeys.steps import answer_button, both_see_each_other, checks_in, opens_her_link, rows
from tests.running_demo import Demo

CALLS = """SELECT count(*), count(call.ended_at) FROM call_call call
 JOIN cases_case c ON c.id = call.case_id WHERE c.reference = %s"""

# Half of the smallest phone's width at 200%, and what WCAG 1.4.10 asks for.
SMALL = {"width": 320, "height": 640}

# Not what stands in a line of text (WCAG 2.5.8), nor words above their field.
_TOO_SMALL = """() => [...document.querySelectorAll("a, button, summary, input, label:has(input)")]
  .filter((each) => each.checkVisibility() && !each.matches(".phone__skip, :disabled, label input"))
  .filter((each) => each.tagName !== "A" || each.parentElement.innerText === each.innerText
    || getComputedStyle(each).display !== "inline")
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


# In forced colours every background is the same: what can be pressed is known by its
# edge, or it is underlined.
_WITHOUT_EDGE = """() => [...document.querySelectorAll("button, input, textarea, summary")]
  .filter((each) => each.checkVisibility() && !each.matches("[type=checkbox], [type=file]"))
  .filter((each) => {
    const { borderTopWidth, textDecorationLine } = getComputedStyle(each);
    return parseFloat(borderTopWidth) < 1 && textDecorationLine !== "underline";
  })
  .map((each) => each.textContent.trim() || each.id)"""

# WCAG 2.4.11.
_HIDDEN_FOCUS = """() => [...document.querySelectorAll("main :is(a, button, summary, textarea)")]
  .filter((each) => {
    each.focus();
    if (document.activeElement !== each) return false;
    const { left, right, top, bottom } = each.getBoundingClientRect();
    const above = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return above === null || !(each.contains(above) || above.contains(each));
  })
  .map((each) => each.textContent.trim() || each.id)"""

_MOVES = """() => document.getAnimations().filter((each) => each.playState === "running")
  .map((each) => each.effect.target.outerHTML.slice(0, 80))"""


def _is_for_everyone(page: Page, name: str) -> None:
    """`name` tells which page it is."""
    # Where nothing lies below what stays at the foot of the screen.
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    assert_accessible(page)
    assert page.evaluate(_TOO_SMALL) == [], name
    assert page.evaluate(_HIDDEN_FOCUS) == [], f"{name}, by keyboard"
    page.set_viewport_size({"width": SMALL["width"], "height": SMALL["height"]})
    assert page.evaluate(_CUT_OFF) == [], name
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(_CUT_OFF) == [], f"{name}, letters twice as large"
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    assert page.evaluate(_WITHOUT_EDGE) == [], f"{name}, in the phone's own colours"
    assert page.evaluate(_MOVES) == [], name
    page.emulate_media(forced_colors="none", reduced_motion="no-preference")


def _copied(page: Page, context: BrowserContext) -> Page:
    """The page as a browser without scripts shows it, in one where axe can run."""
    shown = re.sub(r"<script.*?</script>", "", page.content(), flags=re.DOTALL)
    copy = context.new_page()
    copy.set_content(re.sub(r"<(/?)noscript", r"<\1div", shown))
    return copy


def _chooses(page: Page, language: str) -> None:
    page.locator("summary.phone__language").click()
    page.get_by_role("button", name=language, exact=True).click()


@pytest.mark.parametrize("code", ["en", "ar"])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.pages[0].name)
def test_each_page_of_hers_is_for_everyone(
    way: Way,
    code: str,
    demo: Demo,
    her_browser: Browser,
    contexts: list[BrowserContext],
    seat: Callable[[str], Person],
    request: pytest.FixtureRequest,
) -> None:
    def seated(slug: str) -> Person:
        # On duty when she is needed, and home again at the end.
        on_duty: Person | None = request.getfixturevalue(slug) if slug == "officer" else None
        return on_duty or seat(slug)

    page, looking = way.phone(her_browser), phone_context(her_browser)
    contexts += [page.context, looking]
    reference = opens_her_link(Person(page, demo), language=code)
    visit = Visit(page, reference, seated)
    expect(page.locator(f"html[lang={code}]")).to_be_attached()
    for each in way.pages:
        each.reach(visit)
        runs_scripts = way.browser.get("java_script_enabled", True)
        _is_for_everyone(visit.phone if runs_scripts else _copied(visit.phone, looking), each.name)


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
