"""The hours in which a victim may be reached, as a call-taker types them. Pure: no Django here.

Hours are wall-clock times in the force's own time zone: “until three” is when the clock in her
kitchen says three, whatever was done to the clocks that night.

What could be read in two ways is refused, never guessed: `9-5` may be an afternoon or most of a
night, and one of the two is when he is at home.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from openrvr.foundation.refusal import Refused

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
EVERY_DAY = frozenset(range(7))
ANY_TIME = "any time"
MIDNIGHT = 24 * 60
# So many fit into what is kept, with their days.
MOST_WINDOWS = 10
# A digit alone below this is hardly ever meant for the early morning.
EARLIEST_BARE_HOUR = 7
_LOOK_AHEAD_DAYS = 15

_GROUPS = {
    "weekdays": frozenset(range(5)),
    "weekday": frozenset(range(5)),
    "weekends": frozenset((5, 6)),
    "weekend": frozenset((5, 6)),
    "daily": EVERY_DAY,
    "everyday": EVERY_DAY,
}
_DAY_NAMES = {
    **{name.lower(): number for number, name in enumerate(DAYS)},
    **{
        name: number
        for number, name in enumerate(
            ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
        )
    },
    "tues": 1,
    "thur": 3,
    "thurs": 3,
}
_CLOCK = r"(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?"
_RANGE = re.compile(rf"^{_CLOCK}\s*(?:-|to|until)\s*{_CLOCK}$")
_AFTER = re.compile(rf"^(?:after|from)\s+{_CLOCK}$")
_BEFORE = re.compile(rf"^(?:before|until|to)\s+{_CLOCK}$")
_DAYS_FIRST = re.compile(
    r"^(?P<days>[a-z][a-z\s/+&-]*?)\s*(?P<clock>\d.*|(?:after|from|before|until)\s.*)?$"
)


class HoursNotUnderstood(Refused):
    """What was typed can be read in no way, or in two."""

    status = 422

    def __init__(self, typed: str) -> None:
        super().__init__(
            f"“{typed}” could be read in more than one way: nothing is sent until it is clear."
            " Write “any time”, “9-15”, “Mon-Fri 9:00-15:00, Sat 10-12” or “22:00-06:00”."
        )


class _Unclear(Exception):
    pass


@dataclass(frozen=True)
class Window:
    """`begins` and `ends` are minutes after local midnight; one that ends earlier than it begins
    goes on into the next day. `days` are those on which it begins, Monday being 0."""

    days: frozenset[int]
    begins: int
    ends: int

    def holds(self, local: datetime) -> bool:
        """Whether a local time lies in it; its beginning does, its end does not."""
        at, day = local.hour * 60 + local.minute, local.weekday()
        if self.begins <= self.ends:
            return day in self.days and self.begins <= at < self.ends
        begun_today = day in self.days and at >= self.begins
        return begun_today or ((day - 1) % 7 in self.days and at < self.ends)


Hours = tuple[Window, ...]
ALWAYS: Hours = (Window(EVERY_DAY, 0, MIDNIGHT),)


def parse_hours(typed: str) -> Hours:
    """`Mon-Fri 9-15, Sat 10-12` -> its windows; empty for an empty text.

    A range without days is for the days before it, or for every day. Raises HoursNotUnderstood.
    """
    text = typed.lower().replace("\u2013", "-").replace(" and ", ", ")
    text = re.sub(r"\s+", " ", text).strip(" .,;")
    text = re.sub(r"(?<=[a-z]) to (?=[a-z])", "-", text.replace("every day", "everyday"))
    if not text:
        return ()
    if text in (ANY_TIME, "anytime", "always", "24 hours", "24/7"):
        return ALWAYS
    try:
        windows = tuple(_windows(re.split(r"\s*[,;]\s*", text)))
    except _Unclear:
        raise HoursNotUnderstood(typed) from None
    if not windows or len(windows) > MOST_WINDOWS:
        raise HoursNotUnderstood(typed)
    return windows


def in_one_form(hours: Hours) -> str:
    """The text that is kept, and shown: `Mon-Fri 09:00-15:00, Sat 10:00-12:00`."""
    if hours == ALWAYS:
        return ANY_TIME
    # Each range with its days: without them it would be for the days before it.
    plain = all(window.days == EVERY_DAY for window in hours)
    return ", ".join(
        f"{'' if plain else _days_in_words(window.days) + ' '}"
        f"{_clock(window.begins)}-{_clock(window.ends)}"
        for window in hours
    )


def is_open(hours: Hours, instant: datetime, zone: str) -> bool:
    """Whether an instant lies within the hours, by the clocks of `zone`."""
    local = instant.astimezone(ZoneInfo(zone))
    return any(window.holds(local) for window in hours)


def next_opening(hours: Hours, instant: datetime, zone: str) -> datetime | None:
    """The first instant, from `instant` on, that lies within the hours; None where none does.

    Where the clocks go forward into a window, or back into one, it opens at that moment.
    """
    if is_open(hours, instant, zone):
        return instant
    local = instant.astimezone(ZoneInfo(zone))
    for ahead in range(_LOOK_AHEAD_DAYS):
        day = local.date() + timedelta(days=ahead)
        begun = sorted(each for each in _beginnings(hours, day, zone) if each > instant)
        for candidate in begun:
            if is_open(hours, candidate, zone):
                return candidate
    return None


def _beginnings(hours: Hours, day: date, zone: str) -> Iterator[datetime]:
    """Every moment of a local day at which a window may open: most are one."""
    tz, utc = ZoneInfo(zone), ZoneInfo("UTC")
    midnight = datetime.combine(day, time(), tz)
    for window in hours:
        wall = datetime.combine(day, time(window.begins // 60, window.begins % 60), tz)
        # A time that the clocks show twice begins twice; of one that they skip, the look tells.
        yield from {wall.replace(fold=fold).astimezone(utc) for fold in (0, 1)}
    start = midnight.astimezone(utc)
    yield start
    end = (midnight + timedelta(days=1)).astimezone(utc)
    if (end - start) != timedelta(days=1):
        quarter = start
        while (quarter := quarter + timedelta(minutes=15)) < end:
            yield quarter


def _windows(parts: list[str]) -> Iterator[Window]:
    said: frozenset[int] = frozenset()
    carried, ranges = EVERY_DAY, 0
    for part in parts:
        match = _DAYS_FIRST.match(part)
        days, clock = (match["days"], match["clock"]) if match else ("", part)
        if days and not _is_clock(part):
            said |= _days(days)
            if clock is None:
                continue  # “Mon, Wed 9-12”: the hours come with a later one
            carried, said = said, frozenset()
        else:
            clock = part
            if said:
                raise _Unclear
        ranges += 1
        begins, ends = _range(clock)
        if begins == ends:
            raise _Unclear
        yield Window(carried, begins, ends)
    if said:
        # Days alone are whole days; after hours they would be hours that nobody said.
        if ranges:
            raise _Unclear
        yield Window(said, 0, MIDNIGHT)


def _is_clock(part: str) -> bool:
    return part.startswith(("after ", "from ", "before ", "until ", "to "))


def _days(text: str) -> frozenset[int]:
    found: frozenset[int] = frozenset()
    for each in re.split(r"[\s/+&]+", re.sub(r"\s*-\s*", "-", text.strip())):
        first, _, last = each.partition("-")
        if each in _GROUPS:
            found |= _GROUPS[each]
        elif last:
            begin, end = _day(first), _day(last)
            found |= frozenset((begin + step) % 7 for step in range((end - begin) % 7 + 1))
        else:
            found |= {_day(first)}
    return found


def _day(name: str) -> int:
    if name not in _DAY_NAMES:
        raise _Unclear
    return _DAY_NAMES[name]


def _range(text: str) -> tuple[int, int]:
    if match := _RANGE.match(text):
        return _both(match.groups())
    if match := _AFTER.match(text):
        return _minute(*match.groups()), MIDNIGHT
    if match := _BEFORE.match(text):
        return 0, _minute(*match.groups())
    raise _Unclear


def _both(parts: tuple[str | None, ...]) -> tuple[int, int]:
    hour, minutes, half, last_hour, last_minutes, last_half = parts
    ends = _minute(last_hour, last_minutes, last_half)
    if half is None and last_half is not None:
        # “2-4pm” and “9-5pm”: the half of the day that makes it the shorter.
        either = [_minute(hour, minutes, each) for each in ("am", "pm")]
        before = [begins for begins in either if begins < ends]
        if not before:
            raise _Unclear
        return max(before), ends
    begins = _minute(hour, minutes, half)
    exact = (minutes and last_minutes) or (half and last_half)
    if (begins > ends and not exact) or begins >= MIDNIGHT:
        raise _Unclear
    return begins, (ends or MIDNIGHT)


def _minute(hour: str | None, minutes: str | None, half: str | None) -> int:
    number, rest = int(hour or ""), int(minutes or 0)
    if half:
        if not 1 <= number <= 12:
            raise _Unclear
        number = number % 12 + (12 if half == "pm" else 0)
    elif minutes is None and number < EARLIEST_BARE_HOUR and len(hour or "") == 1:
        raise _Unclear
    if rest > 59 or number * 60 + rest > MIDNIGHT:
        raise _Unclear
    return number * 60 + rest


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _days_in_words(days: frozenset[int]) -> str:
    """`Mon-Fri`, `Sat Sun`, `daily`."""
    if days == EVERY_DAY:
        return "daily"
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return " ".join(
        f"{DAYS[run[0]]}-{DAYS[run[-1]]}" if len(run) > 2 else " ".join(DAYS[d] for d in run)
        for run in runs
    )
