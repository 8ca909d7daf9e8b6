"""A statement: typed together, read on her phone, signed there, frozen."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.journeys.axe import assert_accessible
from tests.journeys.packages import exported
from tests.journeys.people import Person
from tests.journeys.steps import (
    answer_button,
    both_see_each_other,
    checks_in,
    ends_the_call,
)

Seat = Callable[[str], Person]
DECLARATION = "I have read it, and it is true"

# In the moment in which the field is there: as on a slow computer, on which somebody types fast.
TYPES_AT_ONCE = """() => document.addEventListener("htmx:afterSwap", () => {
  const field = document.getElementById("statement-text");
  if (!field || field.value) return;
  field.value = "He came at nine.\\nHe broke the lamp.";
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
})"""


def what_is_typed_meanwhile_she_has_not_signed(desk: Page, hers: Page) -> None:
    """She sees it at once; the tick was for other words, and is gone."""
    true = hers.get_by_label(DECLARATION)
    true.check()
    desk.get_by_label("What she says").fill("He came at ten.\nHe broke the lamp and the door.")
    expect(hers.locator("#statement-words")).to_contain_text("and the door")
    expect(true).not_to_be_checked()
    expect(hers.locator("#statement-changed")).to_contain_text("read them again")
    # Nothing behind the paper can be pressed, and what is asked for meanwhile waits.
    desk.get_by_role("button", name="Ask for a photograph").click()
    expect(desk.locator("#sent-words")).to_contain_text("asked")
    for _ in range(3):
        hers.keyboard.press("Shift+Tab")
        assert hers.evaluate("!document.activeElement.closest('#call-buttons, #sending')")


def test_a_statement_is_written_read_corrected_and_signed_with_the_finger(
    phone: Person, officer: Person, tmp_path: Path
) -> None:
    reference = checks_in(phone)
    answer_button(officer).click()
    both_see_each_other(phone, officer)
    desk, hers = officer.page, phone.page
    desk.evaluate(TYPES_AT_ONCE)
    desk.get_by_role("button", name="Take a statement").click()
    words = desk.get_by_label("What she says")
    expect(words).to_be_focused()
    expect(words).to_have_value("He came at nine.\nHe broke the lamp.")
    # Pressed at once: what is typed goes first.
    desk.get_by_role("button", name="Show it to her to sign").click()

    expect(hers.get_by_role("heading", name="Your statement")).to_be_focused()
    expect(hers.locator("#statement-words")).to_contain_text("He broke the lamp.")
    assert_accessible(hers)
    hers.get_by_role("button", name="Something is not right").click()
    expect(desk.locator("#notices")).to_contain_text("something in it is not right")

    words.fill("He came at ten.\nHe broke the lamp.")
    desk.get_by_role("button", name="Show it to her to sign").click()
    expect(hers.locator("#statement-words")).to_contain_text("at ten")
    what_is_typed_meanwhile_she_has_not_signed(desk, hers)
    hers.get_by_label(DECLARATION).check()
    pad = hers.locator("#statement-pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    hers.mouse.move(box["x"] + 20, box["y"] + 30)
    hers.mouse.down()
    for step in range(1, 8):
        hers.mouse.move(box["x"] + 20 + 30 * step, box["y"] + 30 + 8 * (step % 3))
    hers.mouse.up()
    # He goes on typing while his field is taken away: nothing of it is a command.
    words.focus()
    hers.get_by_role("button", name="Sign", exact=True).click()
    while words.count():
        desk.keyboard.press("End")
    desk.keyboard.type("movk1")
    expect(hers.get_by_role("heading", name="Signed. Thank you.")).to_be_focused()
    expect(desk.locator("#notices")).to_contain_text("she has signed the statement")
    expect(desk.locator("#stage-words")).not_to_contain_text("muted")
    expect(desk.locator("#marked")).to_be_empty()
    hers.get_by_role("button", name="Back to the call").click()
    hers.get_by_role("button", name="Not now").click()
    both_see_each_other(phone, officer)
    assert_accessible(desk)
    ends_the_call(officer)

    package = exported(officer.demo, reference, tmp_path)
    assert package.verify().returncode == 0
    [paper] = package.path.glob("data/exhibits/*/masters/*.pdf")
    text = " ".join(
        " ".join(
            page.extract_text() for page in PdfReader(io.BytesIO(paper.read_bytes())).pages
        ).split()
    )
    for part in ("and the door", "drawn with the finger", "something is not right", reference):
        assert part in text, part
