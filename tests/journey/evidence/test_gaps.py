"""What is missing of a call: nothing is passed over, whatever is kept of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from openrvr.journey.evidence.rules import (
    LATE,
    TOLERANCE,
    Cause,
    Covered,
    Gap,
    Interval,
    Kept,
    Late,
    Missing,
    gaps,
    in_none,
    late,
    not_in,
    seconds_missing,
)

BEGAN = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def call(seconds: float = 20) -> Interval:
    return Interval(BEGAN, at(seconds))


def slices(first: float, last: float, ended: Cause | None = None, *conditions: Gap) -> Kept:
    """Slices of two seconds from `first` to `last`, with none missing."""
    covers: list[Covered] = []
    since = first
    while since < last:
        covers.append(Covered(len(covers), at(since), at(min(since + 2, last))))
        since += 2
    return Kept(tuple(covers), ended, conditions)


def absent(since: float, until: float, cause: Cause) -> Gap:
    return Gap(at(since), at(until), Missing.EVERYTHING, cause)


def test_a_call_that_is_kept_whole_has_no_gap() -> None:
    assert gaps(call(), [slices(0.1, 20, Cause.HUNG_UP)]) == []


def test_what_was_not_yet_there_is_declared() -> None:
    assert gaps(call(), [slices(1.5, 20, Cause.HUNG_UP)]) == [absent(0, 1.5, Cause.CONNECTING)]


def test_a_recorder_that_says_nothing_of_its_end_was_killed() -> None:
    found = gaps(call(), [slices(0, 6), slices(9, 20, Cause.HUNG_UP)])
    assert found == [absent(6, 9, Cause.TAB_CLOSED)]


def test_the_end_of_a_track_says_why_the_next_seconds_are_missing() -> None:
    found = gaps(call(), [slices(0, 6, Cause.NETWORK), slices(9, 14, Cause.DISK_FULL)])
    assert found == [absent(6, 9, Cause.NETWORK), absent(14, 20, Cause.DISK_FULL)]


def test_a_lost_slice_is_the_networks() -> None:
    whole = slices(0, 20, Cause.HUNG_UP)
    without_third = Kept(whole.covers[:2] + whole.covers[3:], whole.ended)
    assert gaps(call(), [without_third]) == [absent(4, 6, Cause.NETWORK)]


def test_a_recorder_that_stood_still_has_lost_no_slice() -> None:
    pieces = [Covered(0, at(0), at(2)), Covered(1, at(8), at(14)), Covered(2, at(14), at(20))]
    found = gaps(call(), [Kept(tuple(pieces), Cause.HUNG_UP)])
    assert found == [absent(2, 8, Cause.STALLED)]


def test_of_a_slice_that_was_cut_the_lost_piece_is_missed_and_what_cannot_go_on_without_it() -> (
    None
):
    """Cut in ten, so that one is shorter than what is missed by its time."""
    tenths = [Covered(index, at(2 + 0.2 * index), at(2.2 + 0.2 * index)) for index in range(1, 11)]
    cut = Kept((Covered(0, at(0), at(2.2)), *tenths, Covered(11, at(4.2), at(20))), Cause.HUNG_UP)
    assert gaps(call(), [cut]) == []
    [gap] = gaps(call(), [Kept(cut.covers[:4] + cut.covers[5:], cut.ended)])
    assert (gap.cause, gap.since, gap.until) == (Cause.NETWORK, at(2.6), at(3))


def test_whose_rest_never_came_is_missed_to_the_end() -> None:
    begun = slices(0, 18).covers
    killed = Kept((*begun, Covered(9, at(18), at(18.5))))
    assert gaps(call(), [killed]) == [absent(18.5, 20, Cause.TAB_CLOSED)]


def test_a_slice_of_no_bytes_holds_nothing() -> None:
    empty = [
        Covered.by(index, at(10 * index), at(10 * index + 10), size=0 if index else 900)
        for index in range(3)
    ]
    assert gaps(call(30), [Kept(tuple(empty))]) == [absent(10, 30, Cause.STALLED)]


def test_many_moments_that_follow_each_other_are_one_gap() -> None:
    moments = [
        Gap(at(4 + 0.2 * n), at(4.2 + 0.2 * n), Missing.SOUND, Cause.NETWORK) for n in range(10)
    ]
    found = gaps(call(), [slices(0, 20, Cause.HUNG_UP, *moments)])
    assert found == [Gap(at(4), at(6), Missing.SOUND, Cause.NETWORK)]


def test_a_track_without_its_beginning_says_so() -> None:
    lost = slices(0, 20, Cause.HUNG_UP)
    earlier = slices(-4, 0, Cause.TAB_CLOSED)
    found = gaps(call(), [earlier, Kept(lost.covers[1:], lost.ended)])
    assert found == [absent(0, 2, Cause.NETWORK)]


def received(since: float, after: float, person: str = "victim") -> Late:
    """A slice of two seconds, and when it was received after its end."""
    return Late.by(person, at(since), at(since + 2), at(since + 2 + after))


def test_what_came_in_its_time_is_not_late() -> None:
    minute = LATE.total_seconds()
    assert late([received(0, 0.2), received(2, minute), received(4, -minute)]) == []


def test_what_came_late_is_told_in_one_and_by_how_much_at_the_most() -> None:
    """Both of them offline, delivered in turns: two of each, and later one that does not follow."""
    slices = [
        received(0, 1),
        received(2, 90),
        received(2, 91, "officer"),
        received(4, 88),
        received(4, 89, "officer"),
        received(20, 70),
    ]
    assert late(slices) == [
        Late("victim", at(2), at(6), at(94), timedelta(seconds=90)),
        Late("officer", at(2), at(6), at(95), timedelta(seconds=91)),
        received(20, 70),
    ]


def test_a_recorder_that_speaks_of_the_future_is_told_too() -> None:
    [found] = late([received(300, -200)])
    assert found.most == timedelta(seconds=-200)


def test_of_whom_nothing_is_kept_everything_is_missing_for_the_reason_given() -> None:
    assert gaps(call(), [], otherwise=Cause.NOT_GRANTED) == [absent(0, 20, Cause.NOT_GRANTED)]


def test_what_the_recorder_noticed_is_a_gap_though_there_are_bytes() -> None:
    noticed = [
        Gap(at(4), at(6), Missing.EVERYTHING, Cause.NETWORK),
        Gap(at(6), at(7), Missing.EVERYTHING, Cause.NETWORK),
        Gap(at(6), at(8), Missing.PICTURE, Cause.TURNED_OFF),
    ]
    assert gaps(call(), [slices(0, 20, Cause.HUNG_UP, *noticed)]) == [
        Gap(at(4), at(7), Missing.EVERYTHING, Cause.NETWORK),
        Gap(at(6), at(8), Missing.PICTURE, Cause.TURNED_OFF),
    ]


def test_what_the_recorder_says_of_a_hole_is_known_and_not_inferred() -> None:
    """The page was there and waited to be let record: it was not the connecting that took long."""
    waited = Gap(at(2), at(9), Missing.EVERYTHING, Cause.NETWORK)
    stood = Gap(at(13), at(16), Missing.EVERYTHING, Cause.STALLED)
    found = gaps(call(), [slices(10, 12, Cause.NETWORK, waited), slices(15, 20, None, stood)])
    assert found == [
        absent(0, 2, Cause.CONNECTING),
        waited,
        absent(9, 10, Cause.CONNECTING),
        absent(12, 13, Cause.NETWORK),
        stood,
    ]


def test_two_windows_that_recorded_at_once_leave_no_gap_between_them() -> None:
    assert gaps(call(), [slices(0, 12, Cause.HUNG_UP), slices(8, 20, Cause.HUNG_UP)]) == []


_tenths = st.integers(min_value=-20, max_value=300).map(lambda tenths: tenths / 10)
_tracks = st.lists(
    st.tuples(_tenths, _tenths, st.sampled_from([None, *Cause])).filter(lambda t: t[0] < t[1]),
    max_size=6,
)


_conditions = st.lists(
    st.builds(
        lambda since, length, cause: absent(since, since + length, cause),
        _tenths,
        st.integers(min_value=1, max_value=100).map(lambda tenths: tenths / 10),
        st.sampled_from(list(Cause)),
    ),
    max_size=3,
)


@given(_tracks, _conditions)
def test_every_second_of_the_call_is_kept_or_declared(
    tracks: list[tuple[float, float, Cause | None]], noticed: list[Gap]
) -> None:
    kept = [slices(since, until, ended, *noticed) for since, until, ended in tracks]
    found = gaps(call(), kept)
    declared = [Interval(gap.since, gap.until) for gap in found]
    covered = [Interval(each.since, each.until) for track in kept for each in track.covers]
    reached = BEGAN
    for interval in sorted([*declared, *covered], key=lambda each: each.since):
        assert min(interval.since, call().until) - reached <= TOLERANCE
        reached = max(reached, interval.until)
    assert call().until - reached <= TOLERANCE


@given(_tracks)
def test_nothing_is_declared_twice_or_outside_the_call(
    tracks: list[tuple[float, float, Cause | None]],
) -> None:
    found = gaps(call(), [slices(since, until, ended) for since, until, ended in tracks])
    assert all(BEGAN <= gap.since < gap.until <= call().until for gap in found)
    total = sum(gap.length.total_seconds() for gap in found)
    assert abs(seconds_missing(found) - total) < 0.001


def test_a_silence_that_outlived_its_track_is_one_gap() -> None:
    """Noticed by the track that ended, told to its end by the one that followed."""
    silent = Gap(at(5), at(11), Missing.EVERYTHING, Cause.NETWORK)
    first = slices(0, 8, Cause.NETWORK, Gap(at(5), at(8), Missing.EVERYTHING, Cause.NETWORK))
    assert gaps(call(), [first, slices(10, 20, Cause.HUNG_UP, silent)]) == [silent]


_lacking = st.lists(
    st.tuples(st.integers(0, 18), st.integers(1, 6), st.sampled_from(Missing)), max_size=4
).map(
    lambda given: [
        Gap(at(since), at(since + length), missing, Cause.NETWORK)
        for since, length, missing in given
    ]
)


def _lacks(missing: list[Gap], medium: Missing, moment: float) -> bool:
    return any(
        gap.since <= at(moment) < gap.until and gap.missing in {medium, Missing.EVERYTHING}
        for gap in missing
    )


@given(_lacking, _lacking)
def test_of_two_recorders_only_what_neither_has_is_missing(one: list[Gap], two: list[Gap]) -> None:
    common = in_none([one, two])
    for medium in (Missing.PICTURE, Missing.SOUND):
        for moment in (half / 2 + 0.25 for half in range(50)):
            neither = _lacks(one, medium, moment) and _lacks(two, medium, moment)
            assert _lacks(common, medium, moment) is neither


@given(_lacking, _lacking)
def test_what_one_recorder_lacks_and_the_other_has_is_told(one: list[Gap], two: list[Gap]) -> None:
    common = in_none([one, two])
    told = not_in(one, common)
    for medium in (Missing.PICTURE, Missing.SOUND):
        for moment in (half / 2 + 0.25 for half in range(50)):
            alone = _lacks(one, medium, moment) and not _lacks(two, medium, moment)
            assert _lacks(told, medium, moment) is alone


def test_one_recorder_alone_lacks_what_it_lacks() -> None:
    missing = [absent(2, 5, Cause.NETWORK)]
    assert in_none([missing]) == missing
    assert not_in(missing, missing) == []
