from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from openrvr.foundation.clock.wording import (
    clock_time,
    day,
    day_and_time,
    how_long,
    to_the_second,
)
from openrvr.foundation.clock.working_days import ForceCalendar
from openrvr.foundation.messages.rules import next_try_in

ENGLAND = ForceCalendar("Europe/London", "GB", "ENG")


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        # A Friday evening: Monday counts as the first day.
        (datetime(2026, 11, 20, 19, tzinfo=UTC), 1, datetime(2026, 11, 23, 17, tzinfo=UTC)),
        # Christmas 2026: the 25th is a Friday, the 28th (Monday) the substitute for the 26th.
        (datetime(2026, 12, 24, 9, tzinfo=UTC), 1, datetime(2026, 12, 29, 17, tzinfo=UTC)),
        # Across the change to summer time: 17:00 local is 16:00 UTC.
        (datetime(2026, 3, 27, 12, tzinfo=UTC), 1, datetime(2026, 3, 30, 16, tzinfo=UTC)),
        # 23:30 UTC in summer is the next day in London.
        (datetime(2026, 6, 1, 23, 30, tzinfo=UTC), 1, datetime(2026, 6, 3, 16, tzinfo=UTC)),
        (datetime(2026, 11, 23, 12, tzinfo=UTC), 5, datetime(2026, 11, 30, 17, tzinfo=UTC)),
    ],
)
def test_working_days(start: datetime, days: int, end: datetime) -> None:
    assert ENGLAND.end_of_working_day(start, days) == end


def test_scotland_keeps_its_own_holidays() -> None:
    scotland = ForceCalendar("Europe/London", "GB", "SCT")
    second_of_january = date(2026, 1, 2)
    assert ENGLAND.is_working_day(second_of_january)
    assert not scotland.is_working_day(second_of_january)


def test_no_promise_in_zero_working_days() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        ENGLAND.end_of_working_day(datetime(2026, 1, 1, tzinfo=UTC), 0)


def test_times_in_words() -> None:
    summer = datetime(2026, 7, 1, 13, 7, tzinfo=UTC)
    assert clock_time(summer) == "14:07"
    assert day_and_time(summer) == "Wednesday 1 July, 14:07"
    assert clock_time(None) == ""
    assert to_the_second(summer) == "Wed 1 Jul 2026, 14:07:00"
    assert day(datetime(2032, 6, 30, 23, 30, tzinfo=UTC)) == "1 July 2032"
    assert [how_long(timedelta(seconds=s)) for s in (4, 100, 120, 7500, 200_000)] == [
        "4 s",
        "1 min 40 s",
        "2 min",
        "2 h 5 min",
        "2 days",
    ]


def test_retries_come_to_an_end() -> None:
    waits = [next_try_in(attempt) for attempt in range(1, 9)]
    assert waits == [1, 2, 4, 8, 15, 30, None, None]
