"""When the page goes down the ladder by itself, and up again."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Asked = Callable[[str, str, Any], Any]
SCRIPT = "journey/call/scripts/steps_by_itself.ts"
ORDER = ["video", "stills", "sound", "text", "plain"]
# What the page does every two seconds; gives the rung after each reading.
WALK = """({ StepsByItself }, { readings, highest, from }) => {
  const steps = new StepsByItself(highest);
  let rung = from;
  const read = (reading, at) =>
    (rung = steps.read({ at: 2000 * at, wasAway: false, ...reading }, rung) ?? rung);
  return readings.map(read);
}"""

GOOD = {"lost": 0.0, "lostThere": 0.0, "roundTripMs": 60, "roomKbps": 900}
POOR_HERE = {**GOOD, "lost": 0.25}
POOR_THERE = {**GOOD, "lostThere": 0.25}
NARROW = {**GOOD, "roomKbps": 90}
SLOW = {**GOOD, "roundTripMs": 2000}
MIDDLING = {**GOOD, "lost": 0.05}


def _walk(
    asked: Asked, readings: list[dict[str, Any]], *, highest: str = "video", start: str = "video"
) -> list[str]:
    given_to = {"readings": readings, "highest": highest, "from": start}
    walked: list[str] = asked(SCRIPT, WALK, given_to)
    return walked


@pytest.mark.parametrize("poor", [POOR_HERE, POOR_THERE, NARROW, SLOW])
def test_a_poor_link_costs_the_picture_and_not_at_once(asked: Asked, poor: dict[str, Any]) -> None:
    walked = _walk(asked, [poor] * 3)
    assert walked == ["video", "video", "stills"]


def test_it_goes_down_to_sound_and_never_makes_her_silent(asked: Asked) -> None:
    walked = _walk(asked, [POOR_THERE] * 100)
    assert walked[:6] == ["video", "video", "stills", "stills", "stills", "sound"]
    assert set(walked[5:]) == {"sound"}


def test_one_bad_moment_is_nothing(asked: Asked) -> None:
    assert set(_walk(asked, [NARROW, NARROW, GOOD] * 30)) == {"video"}


def test_what_is_lost_in_bursts_leaves_the_picture(asked: Asked) -> None:
    """A third of the time a fifth is lost; the way there is told a moment later."""
    here, there = {**GOOD, "lost": 0.2}, {**GOOD, "lostThere": 0.2}
    assert set(_walk(asked, [here, there, GOOD] * 30)) == {"video"}
    assert "stills" in _walk(asked, [here, here, GOOD] * 3)


@pytest.mark.parametrize("way", ["lost", "lostThere"])
@pytest.mark.parametrize("away", [[0.7], [0.9, 0.3]])
def test_a_network_that_was_away_and_is_back_leaves_the_picture(
    asked: Asked, way: str, away: list[float]
) -> None:
    """What was sent meanwhile is counted as lost all at once, when the first packet is there."""
    readings = [GOOD] * 6 + [{**GOOD, way: share} for share in away] + [GOOD] * 6
    assert set(_walk(asked, readings)) == {"video"}


def test_a_network_that_is_away_again_and_again_leaves_the_picture(asked: Asked) -> None:
    """Less would not come through better."""
    away = {**GOOD, "lost": 0.6, "lostThere": 0.5, "wasAway": True}
    assert set(_walk(asked, [away, away, GOOD] * 20)) == {"video"}
    assert "stills" in _walk(asked, [{**away, "wasAway": False}, GOOD] * 6)


def test_it_comes_back_one_rung_at_a_time_after_half_a_minute_of_calm_each(asked: Asked) -> None:
    walked = _walk(asked, [GOOD] * 40, start="sound")
    assert walked.index("stills") == 15
    assert walked.index("video") == 30


def test_a_link_that_is_neither_good_nor_poor_stays_where_it_is(asked: Asked) -> None:
    assert set(_walk(asked, [MIDDLING] * 200, start="stills")) == {"stills"}


def test_after_a_relapse_it_waits_twice_as_long(asked: Asked) -> None:
    walked = _walk(asked, [GOOD] * 16 + [POOR_HERE] * 3 + [GOOD] * 40, start="stills")
    assert walked[15] == "video"
    assert walked[18] == "stills"
    # 60 s after the first good reading, which is the 19th.
    assert walked.index("video", 19) == 49


@pytest.mark.parametrize("chosen", ["stills", "sound", "text"])
def test_what_she_chose_is_not_taken_back(asked: Asked, chosen: str) -> None:
    assert set(_walk(asked, [GOOD] * 300, highest=chosen, start=chosen)) == {chosen}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(st.sampled_from([GOOD, POOR_HERE, POOR_THERE, MIDDLING]), st.integers(1, 30)),
        max_size=12,
    )
)
def test_it_does_not_flap_on_any_link(
    asked: Asked, stretches: list[tuple[dict[str, Any], int]]
) -> None:
    """Between two steps up lie 30 s at least, and in between it goes no higher than video."""
    readings = [reading for reading, times in stretches for _ in range(times)]
    walked = ["video", *_walk(asked, readings)]
    places = [ORDER.index(rung) for rung in walked]
    steps = [after - before for before, after in pairwise(places)]
    assert set(steps) <= {-1, 0, 1}
    assert max(places) <= ORDER.index("sound")
    ups = [at for at, step in enumerate(steps) if step == -1]
    assert all(later - earlier >= 15 for earlier, later in pairwise(ups))
