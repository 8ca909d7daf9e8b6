"""Working-day arithmetic in a force's own calendar and time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

SATURDAY = 5


@dataclass(frozen=True)
class ForceCalendar:
    """The days on which a force's offices work.

    `country` and `subdivision` are the codes of the `holidays` package ("GB", "ENG").
    """

    time_zone: str
    country: str
    subdivision: str | None = None

    def is_working_day(self, day: date) -> bool:
        closed = _holidays(self.country, self.subdivision)
        return day.weekday() < SATURDAY and day not in closed

    def end_of_working_day(self, start: datetime, days: int, closes: time = time(17)) -> datetime:
        """The close of the `days`-th working day after `start`'s own day.

        The day of `start` never counts, as in "within N working days". The result is an absolute
        instant: the local closing hour of that day, whatever the clocks did in between.
        """
        if days < 1:
            raise ValueError("A promise in working days needs at least one day.")
        day = start.astimezone(ZoneInfo(self.time_zone)).date()
        while days:
            day += timedelta(days=1)
            days -= self.is_working_day(day)
        return datetime.combine(day, closes, ZoneInfo(self.time_zone))


@lru_cache(maxsize=8)
def _holidays(country: str, subdivision: str | None) -> holidays.HolidayBase:
    return holidays.country_holidays(country, subdiv=subdivision)
