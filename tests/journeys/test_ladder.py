"""The ladder: by other means, with the same officer and the same case."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.people import Person
from tests.journeys.steps import (
    answer_button,
    both_see_each_other,
    checks_in,
    rows,
)

RUNG = """SELECT i.rung, i.rung_why FROM invitation_invitation i
 JOIN cases_case c ON c.id = i.case_id WHERE c.reference = %s"""


@pytest.fixture
def in_call(phone: Person, officer: Person) -> tuple[Person, Person, str]:
    reference = checks_in(phone)
    answer_button(officer).click()
    both_see_each_other(phone, officer)
    return phone, officer, reference


def test_one_tap_down_and_one_tap_back(in_call: tuple[Person, Person, str]) -> None:
    phone, officer, reference = in_call
    words = officer.page.locator("#stage-words")
    picture = phone.page.locator("#remote-video")

    phone.page.get_by_role("button", name="Fewer pictures").click()
    expect(words).to_contain_text("Sound with a still every few seconds: she chose it")
    expect(phone.page.locator("#rung-words")).to_have_text("Sound, with a picture now and then")

    phone.page.get_by_role("button", name="Sound only").click()
    expect(words).to_contain_text("Sound only: she chose it")
    expect(picture).to_be_hidden()
    expect(phone.page.get_by_text("There is no picture.")).to_be_visible()
    expect(words).not_to_contain_text("camera is off")

    phone.page.reload(wait_until="domcontentloaded")
    expect(phone.page.locator("#rung-words")).to_have_text("Sound only")
    expect(words).to_contain_text("Sound only: she chose it")

    phone.page.get_by_role("button", name="Video again").click()
    expect(words).not_to_contain_text("Sound only")
    both_see_each_other(phone, officer)
    assert rows(phone.demo, RUNG, reference) == [("video", "chosen")]
