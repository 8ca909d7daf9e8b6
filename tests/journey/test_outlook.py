"""How long she is told that it takes: the rule by itself, and against an independent simulation."""

from __future__ import annotations

import math
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openrvr.journey.waiting.rules import Hub, about_minutes, expected_wait, is_low

MINUTE = 60.0
CALLS = tuple(MINUTE * n for n in (10, 20, 30, 40, 50))
RINGS = (8.0, 10.0, 12.0, 14.0, 16.0)


def _hub(
    free: int = 0,
    so_far: tuple[float, ...] = (),
    lengths: tuple[float, ...] = CALLS,
    answers: tuple[float, ...] = RINGS,
) -> Hub:
    return Hub(free, so_far, lengths, answers)


@pytest.mark.parametrize(
    ("hub", "before", "seconds"),
    [
        # Somebody is free: as long as a ring usually takes.
        (_hub(free=1), 0, 12.0),
        (_hub(free=2), 1, 12.0),
        # The one who is free goes to the person before her, for a call of the usual length.
        (_hub(free=1), 1, 12 + 30 * MINUTE + 12),
        # A call of 25 minutes: of those that lasted longer (30, 40, 50) the middle one was 40.
        (_hub(so_far=(25 * MINUTE,)), 0, 15 * MINUTE + 12),
        # Two are in calls: the person before her gets the one who is done first.
        (_hub(so_far=(25 * MINUTE, 5 * MINUTE)), 1, 25 * MINUTE + 12),
        # It lasts longer already than any that is known: nobody can say.
        (_hub(so_far=(55 * MINUTE,)), 0, None),
        # Nobody is there at all.
        (_hub(), 0, None),
        # Too few calls are known to say what is usual; to whom it does not matter it is told.
        (_hub(free=1, lengths=CALLS[:4]), 1, None),
        (_hub(free=1, lengths=CALLS[:4]), 0, 12.0),
        (_hub(free=1, answers=RINGS[:4]), 0, None),
    ],
)
def test_how_long_it_takes(hub: Hub, before: int, seconds: float | None) -> None:
    assert expected_wait(hub, before=before) == seconds


@given(
    st.integers(0, 4),
    st.lists(st.floats(0, 7200), max_size=5).map(tuple),
    st.lists(st.floats(60, 7200), min_size=5, max_size=9).map(tuple),
    st.integers(0, 6),
)
def test_it_is_what_happens_when_everybody_takes_whoever_is_free_first(
    free: int, so_far: tuple[float, ...], lengths: tuple[float, ...], before: int
) -> None:
    """Each person in turn, by trying every officer."""
    left = []
    for since in so_far:
        longer = [each for each in lengths if each > since]
        left.append(median(longer) - since if longer else math.inf)
    busy_until, wait = [0.0] * free + left, math.inf
    for _ in range(before + 1):
        if not busy_until:
            break
        officer = min(range(len(busy_until)), key=busy_until.__getitem__)
        wait = busy_until[officer] + median(RINGS)
        busy_until[officer] = wait + median(lengths)
    expected = expected_wait(_hub(free, so_far, lengths), before=before)
    if math.isinf(wait):
        assert expected is None
    else:
        assert expected == pytest.approx(wait)


@given(st.integers(0, 3), st.lists(st.floats(0, 3000), max_size=4).map(tuple), st.integers(0, 5))
def test_nobody_waits_less_for_having_somebody_before_her(
    free: int, so_far: tuple[float, ...], before: int
) -> None:
    sooner = expected_wait(_hub(free, so_far), before=before)
    later = expected_wait(_hub(free, so_far), before=before + 1)
    assert later is None or (sooner is not None and sooner <= later)


@pytest.mark.parametrize(
    ("seconds", "minutes"),
    [
        (0, 1),
        (60, 1),
        (61, 2),
        (180, 3),
        (300, 5),
        (301, 10),
        (900, 15),
        (1900, 40),
        (3600, 60),
        (3601, 61),
    ],
)
def test_how_it_is_told(seconds: float, minutes: int) -> None:
    assert about_minutes(seconds) == minutes


def test_a_battery_that_is_being_charged_is_not_low() -> None:
    assert [is_low(n, charging=False) for n in (None, 0, 15, 16)] == [False, True, True, False]
    assert not is_low(3, charging=True)
