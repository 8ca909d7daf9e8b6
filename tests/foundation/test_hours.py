"""Safe hours: what is typed, what is understood, and the nights on which clocks are changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openrvr.foundation.messages.hours import (
    ALWAYS,
    MIDNIGHT,
    Hours,
    HoursNotUnderstood,
    Window,
    in_one_form,
    is_open,
    next_opening,
    parse_hours,
)
from openrvr.foundation.messages.models import SafeContact

LONDON = "Europe/London"
FORWARD = datetime(2026, 3, 29, 1, tzinfo=UTC)  # 01:00 becomes 02:00
BACK = datetime(2026, 10, 25, 1, tzinfo=UTC)  # 02:00 becomes 01:00


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("any time", "any time"),
        ("9-15", "09:00-15:00"),
        ("9am-3pm", "09:00-15:00"),
        ("9-5pm", "09:00-17:00"),
        ("2-4pm", "14:00-16:00"),
        ("10-2pm", "10:00-14:00"),
        ("9.30 to 15.15", "09:30-15:15"),
        ("22:00-06:00", "22:00-06:00"),
        ("22:00-00:00", "22:00-24:00"),
        ("after 18:00", "18:00-24:00"),
        ("before 3pm", "00:00-15:00"),
        ("Mon-Fri 9-15", "Mon-Fri 09:00-15:00"),
        ("Monday to Friday 9-15", "Mon-Fri 09:00-15:00"),
        (
            "mon-fri 9-12, 14-16, sat 10-12",
            "Mon-Fri 09:00-12:00, Mon-Fri 14:00-16:00, Sat 10:00-12:00",
        ),
        ("Mon, Wed 9-12", "Mon Wed 09:00-12:00"),
        ("Mon and Wed 9-12", "Mon Wed 09:00-12:00"),
        ("Fri-Mon 9-12", "Mon Fri-Sun 09:00-12:00"),
        ("weekdays after 9am", "Mon-Fri 09:00-24:00"),
        ("weekends", "Sat Sun 00:00-24:00"),
        ("every day 9-15, Sat 10-12", "daily 09:00-15:00, Sat 10:00-12:00"),
        ("09:00\u201315:00", "09:00-15:00"),
    ],
)
def test_what_a_call_taker_types(typed: str, kept: str) -> None:
    assert in_one_form(parse_hours(typed)) == kept
    assert parse_hours(kept) == parse_hours(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "9-5",  # an afternoon, or most of a night?
        "2-4",
        "9-1",  # “9-15” on its way
        "22-6",
        "9-9",
        "9-15 Mon",  # whose hours?
        "9-15, Tue",
        "Mon 9-15, Tue",
        "mornings",
        "after school",
        "when he is out",
        "25-26",
        "9:70-10",
        "13pm-14",
        "after 24:00",
        "-",
        "9",
        "Mon-Fry 9-12",
        ", ".join(["9-10"] * 11),
    ],
)
def test_what_could_be_read_in_two_ways_is_not_guessed(typed: str) -> None:
    with pytest.raises(HoursNotUnderstood):
        parse_hours(typed)


def test_the_longest_that_is_understood_can_be_kept() -> None:
    longest = parse_hours("mon wed fri sun 9-10" + ", 9-10" * 9)
    kept = SafeContact._meta.get_field("hours").max_length
    assert kept is not None
    assert len(in_one_form(longest)) <= kept


minutes = st.integers(0, MIDNIGHT - 1)
windows = st.builds(
    Window,
    st.frozensets(st.integers(0, 6), min_size=1),
    minutes,
    st.integers(1, MIDNIGHT),
).filter(lambda window: window.begins != window.ends)
some_hours = st.lists(windows, min_size=1, max_size=3).map(tuple)
around_the_nights = st.one_of(
    st.just(FORWARD), st.just(BACK), st.just(datetime(2026, 6, 15, 12, tzinfo=UTC))
).flatmap(
    lambda night: st.integers(-3 * 1440, 3 * 1440).map(lambda late: night + timedelta(minutes=late))
)


@given(some_hours)
def test_what_is_kept_is_read_back_as_it_was_meant(hours: Hours) -> None:
    assert parse_hours(in_one_form(hours)) == hours


def _shown_minutes(hours: Hours) -> set[tuple[int, int]]:
    """Every minute of the week that is within the hours, counted out on a clock face."""
    found = set()
    for window in hours:
        for day in window.days:
            length = (window.ends - window.begins) % MIDNIGHT or MIDNIGHT
            for step in range(length):
                minute = day * MIDNIGHT + window.begins + step
                found.add((minute // MIDNIGHT % 7, minute % MIDNIGHT))
    return found


@given(some_hours, around_the_nights)
def test_what_her_clock_shows_decides_whatever_the_night(hours: Hours, instant: datetime) -> None:
    local = instant.astimezone(ZoneInfo(LONDON))
    shown = (local.weekday(), local.hour * 60 + local.minute)
    assert is_open(hours, instant, LONDON) == (shown in _shown_minutes(hours))


@given(some_hours, around_the_nights)
def test_the_next_opening_is_the_first(hours: Hours, instant: datetime) -> None:
    """Against a look at every single minute."""
    found = next_opening(hours, instant, LONDON)
    minute = instant
    for _ in range(2 * 1440):
        if is_open(hours, minute, LONDON):
            assert found == minute
            return
        minute += timedelta(minutes=1)
    assert found is None or found >= minute


@pytest.mark.parametrize(
    ("hours", "instant", "opens"),
    [
        # The clocks skip 01:30: it opens when they show 02:00, which is 01:00 in UTC.
        ("01:30-03:00", FORWARD - timedelta(minutes=20), FORWARD),
        # A window that the clocks skip altogether opens on the next night.
        ("01:15-01:45", FORWARD - timedelta(minutes=20), FORWARD + timedelta(hours=23, minutes=15)),
        # The clocks show 01:15 twice: it is safe both times, and not in between.
        ("01:00-01:30", BACK - timedelta(minutes=20), BACK),
        ("01:37-01:50", BACK + timedelta(minutes=10), BACK + timedelta(minutes=37)),
    ],
)
def test_nights_on_which_the_clocks_are_changed(
    hours: str, instant: datetime, opens: datetime
) -> None:
    assert next_opening(parse_hours(hours), instant, LONDON) == opens


def test_any_time_is_any_time() -> None:
    assert is_open(ALWAYS, BACK, LONDON)
    assert next_opening(ALWAYS, FORWARD, LONDON) == FORWARD
    assert next_opening((), FORWARD, LONDON) is None
