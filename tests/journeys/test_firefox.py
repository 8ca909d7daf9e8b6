"""The way from her link to live video on a phone whose browser is Firefox."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.firefox import FirefoxPhone, firefox_phone
from tests.journeys.given import invited
from tests.journeys.people import Person
from tests.journeys.reading import Seen
from tests.journeys.steps import answer_button, ends_the_call, is_the_officers, link_of
from tests.running_demo import Demo


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[FirefoxPhone]:
    with firefox_phone(tmp_path) as started:
        yield started


def test_from_the_link_to_live_video_both_ways(
    phone: FirefoxPhone, officer: Person, demo: Demo
) -> None:
    phone.opens(link_of(demo, invited(demo)))
    phone.taps("Continue")
    phone.taps("No: turn on camera and sound")
    phone.taps("I am ready")
    phone.reads("An officer will appear here")
    answer_button(officer).click()
    assert is_the_officers(phone.waits_for_picture())
    first = her_camera_arrives(phone, officer)
    # Her camera turns through all colours: a still of it would not do.
    phone.waits_for(OTHER_COLOUR, first.colour)
    her_camera_arrives(phone, officer)
    ends_the_call(officer)
    phone.reads("Thank you")


OTHER_COLOUR = """(before) => {
  const drawing = document.createElement("canvas").getContext("2d");
  drawing.drawImage(document.getElementById("self-video"), 0, 0, 8, 8);
  const now = drawing.getImageData(4, 2, 1, 1).data;
  return before.some((each, place) => Math.abs(each - now[place]) > 150);
}"""


def her_camera_arrives(phone: FirefoxPhone, officer: Person) -> Seen:
    """What the officer sees is, a moment later, what her camera shows her.

    Firefox's own camera shows one colour at a time: luma 128, and colour differences that walk
    round the edge of what there is, a step a picture (MediaEngineFake.cpp), 30 a second. So it is
    never grey, black, or the officer's own blue for long.
    """
    seen = officer.waits_for_picture()
    hers = phone.sees("self-video")
    assert max(seen.colour) - min(seen.colour) > 100, seen
    apart = max(abs(one - other) for one, other in zip(seen.colour, hers.colour, strict=True))
    assert apart < 90, (seen, hers)
    return seen
