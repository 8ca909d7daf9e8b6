"""How a call was carried: what both pages read of their connection every five seconds.

The limits of the three bars are the page's (`scripts/link_readings.ts`); here they are read, kept
and summed up. Nothing in it tells who or where somebody is: of a way its kind is kept, and never an
address.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

from openrvr.foundation.refusal import Refused

# Each page sends three at a time; after a lost network some minutes come at once.
MOST_AT_ONCE = 120
# Seconds: a reading is of the five before it, or more where the browser held its page back.
LONGEST = 120.0

STATES = ("connecting", "live", "silent", "away")
RUNGS = ("video", "stills", "sound", "text", "plain")
ROUTES = ("direct", "relay-udp", "relay-tcp", "relay-tls", "relay", "unknown")


class NotAReading(Refused):
    """What was sent is not what a page of ours reads."""

    status = 400

    def __init__(self) -> None:
        super().__init__("These are no readings of a connection.")


@dataclass(frozen=True)
class Reading:
    """`seconds` long, and `ago` seconds old when it was sent.

    `lost` and `lost_there` are shares (0 to 1) of the packets to and from the page; rates are in
    kbit/s; `stood` is for how many of the seconds the picture stood still, and `pictures` how many
    were decoded. `bars` is 0 (nothing) to 3 (good).
    """

    id: uuid.UUID
    ago: float
    seconds: float
    state: str
    rung: str
    route: str
    bars: int
    round_trip_ms: int | None
    lost: float
    lost_there: float
    in_kbps: int
    out_kbps: int
    stood: float
    pictures: int
    width: int
    height: int


def read(given: Any) -> list[Reading]:
    """What a page sent. Raises NotAReading."""
    if not isinstance(given, list) or len(given) > MOST_AT_ONCE:
        raise NotAReading
    return [_one(each) for each in given]


def _one(given: Any) -> Reading:
    if not isinstance(given, dict):
        raise NotAReading
    try:
        key = uuid.UUID(str(given.get("id")))
    except ValueError:
        raise NotAReading from None
    round_trip = given.get("round_trip_ms")
    return Reading(
        id=key,
        ago=_number(given, "ago", 24 * 3600),
        seconds=_number(given, "seconds", LONGEST),
        state=_word(given, "state", STATES),
        rung=_word(given, "rung", RUNGS),
        route=_word(given, "route", ROUTES),
        bars=int(_number(given, "bars", 3)),
        round_trip_ms=None if round_trip is None else int(_number(given, "round_trip_ms", 60_000)),
        lost=_number(given, "lost", 1),
        lost_there=_number(given, "lost_there", 1),
        in_kbps=int(_number(given, "in_kbps", 100_000)),
        out_kbps=int(_number(given, "out_kbps", 100_000)),
        stood=_number(given, "stood", LONGEST),
        pictures=int(_number(given, "pictures", 100_000)),
        width=int(_number(given, "width", 10_000)),
        height=int(_number(given, "height", 10_000)),
    )


def _number(given: dict[str, Any], name: str, most: float) -> float:
    value = given.get(name)
    # A NaN is neither more nor less than anything.
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise NotAReading
    return float(value)


def _word(given: dict[str, Any], name: str, known: tuple[str, ...]) -> str:
    if given.get(name) not in known:
        raise NotAReading
    return str(given[name])


@dataclass(frozen=True)
class Carried:
    """Readings summed up. Shares are of the time, 0 to 1; `stood` of the time with live video.

    `lost` is the mean share of packets, both ways; `round_trip_ms` the median.
    """

    seconds: float
    good: float
    fair: float
    poor: float
    nothing: float
    stood: float
    lost: float
    round_trip_ms: int | None
    routes: tuple[str, ...]


def summed(readings: Iterable[Any]) -> Carried | None:
    """Of `Reading`s, or rows with the same names; None where there are none."""
    known = [each for each in readings if each.seconds > 0]
    if not known:
        return None
    total = sum(each.seconds for each in known)
    shares = [sum(each.seconds for each in known if each.bars == n) / total for n in range(4)]
    watched = sum(each.seconds for each in known if each.rung == "video")
    trips = [each.round_trip_ms for each in known if each.round_trip_ms is not None]
    there = [each for each in known if each.state == "live"]
    return Carried(
        seconds=total,
        good=shares[3],
        fair=shares[2],
        poor=shares[1],
        nothing=shares[0],
        stood=sum(e.stood for e in known if e.rung == "video") / watched if watched else 0.0,
        lost=sum(max(each.lost, each.lost_there) for each in there) / len(there) if there else 0.0,
        round_trip_ms=round(median(trips)) if trips else None,
        routes=tuple(sorted({each.route for each in known} - {"unknown"})),
    )
