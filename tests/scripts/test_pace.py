"""How much picture is sent to a node, by what those who get it say each second."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Asked = Callable[[str, str, Any], Any]
SCRIPT = "journey/call/scripts/pace.ts"
FULL = 800_000
# A way that carries `room` bit/s: what is sent beyond that is lost. The limit after each second.
WAY = """({ Pace }, { full, seconds, room, roundTripMs, lost }) => {
  const pace = new Pace(full);
  return Array.from({ length: seconds }, () => {
    const through = Math.min(pace.now, room);
    pace.read({ lost: lost + 1 - through / pace.now, kbps: through / 1000, roundTripMs });
    return Math.round(pace.now);
  });
}"""
READ = """({ Pace }, { full, said }) => {
  const pace = new Pace(full);
  return said.map((got) => (pace.read(got), pace.now));
}"""


def _on(asked: Asked, *, room: float, seconds: int = 60, lost: float = 0.0, far: int = 60) -> Any:
    way = {"full": FULL, "room": room, "seconds": seconds, "lost": lost, "roundTripMs": far}
    return asked(SCRIPT, WAY, way)


def test_where_there_is_room_all_is_sent(asked: Asked) -> None:
    assert set(_on(asked, room=2_000_000)) == {FULL}


def test_until_anything_is_known_the_way_is_not_flooded(asked: Asked) -> None:
    unknown = {"lost": 0, "kbps": 300, "roundTripMs": 0}
    limits = asked(SCRIPT, READ, {"full": FULL, "said": [unknown, {**unknown, "roundTripMs": 60}]})
    assert limits == [300_000, FULL]


def test_a_narrow_way_is_filled_and_not_flooded(asked: Asked) -> None:
    first, *limits = _on(asked, room=400_000)
    assert first == FULL  # Near: it is found out in a second what it carries.
    assert limits[0] == 0.85 * 400_000
    # It goes up to where something is lost, and back to where nothing is.
    assert max(limits) < 1.1 * 400_000
    assert min(limits) >= 0.85 * 400_000


def test_a_way_that_loses_a_little_by_itself_keeps_its_picture(asked: Asked) -> None:
    """Two in a hundred are lost on 3G whatever is sent."""
    assert set(_on(asked, room=2_000_000, lost=0.02)) == {FULL}


def test_a_far_way_is_not_flooded_to_find_out_what_it_carries(asked: Asked) -> None:
    assert set(_on(asked, room=2_000_000, far=300)) == {300_000}
    assert max(_on(asked, room=200_000, far=300)) < 1.1 * 200_000


def test_a_queue_that_grows_is_noticed_before_anything_is_lost(asked: Asked) -> None:
    near = {"lost": 0, "kbps": 700, "roundTripMs": 60}
    limits = asked(SCRIPT, READ, {"full": FULL, "said": [near, {**near, "roundTripMs": 400}]})
    assert limits == [FULL, 0.6 * 700_000]


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "lost": st.floats(0, 1),
                "kbps": st.integers(0, 3000),
                "roundTripMs": st.integers(0, 5000),
            }
        ),
        min_size=1,
        max_size=30,
    )
)
def test_whatever_is_said_it_stays_between_least_and_full(
    asked: Asked, said: list[dict[str, float]]
) -> None:
    limits = asked(SCRIPT, READ, {"full": FULL, "said": said})
    assert all(100_000 <= each <= FULL for each in limits)
