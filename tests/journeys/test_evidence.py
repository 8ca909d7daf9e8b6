"""The call is kept, or its absence declared: told in real browsers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.journeys.people import Person
from tests.journeys.steps import (
    answer_button,
    both_see_each_other,
    checks_in,
    ends_the_call,
    goes_home,
    goes_on_duty,
    until,
)

Seat = Callable[[str], Person]

_TRACKS = (
    "SELECT t.person, t.ended, count(*), max(s.index),"
    " extract(epoch FROM max(s.until) - min(s.since))"
    " FROM evidence_track t JOIN evidence_slice s ON s.track_id = t.id"
    " JOIN evidence_exhibit e ON e.id = t.exhibit_id JOIN cases_case c ON c.id = e.case_id"
    " WHERE c.reference = %s GROUP BY t.id ORDER BY t.person, t.number"
)


@pytest.fixture
def officer(seat: Seat) -> Iterator[Person]:
    sitting = seat("officer")
    goes_on_duty(sitting)
    yield sitting
    goes_home(sitting)


def test_both_are_recorded_apart_by_themselves_and_she_knows(
    phone: Person, officer: Person
) -> None:
    reference = checks_in(phone)
    answer_button(officer).click()
    both_see_each_other(phone, officer)
    expect(officer.page.locator("#recording")).to_have_text("REC, gap 0 s")
    expect(phone.page.locator("#recorded")).to_have_text("Recorded")
    officer.waits_for_picture(more=100)
    ends_the_call(officer)
    tracks = until(
        officer.demo,
        _TRACKS,
        reference,
        holds=lambda found: len(found) > 1 and all(ended for _, ended, *_ in found),
    )
    assert [(person, ended) for person, ended, *_ in tracks] == [
        ("officer", "hung_up"),
        ("victim", "hung_up"),
    ]
    for _, _, slices, highest, seconds in tracks:
        assert slices == highest + 1 >= 2
        assert seconds > 2
