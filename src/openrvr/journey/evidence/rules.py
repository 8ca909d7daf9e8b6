"""What of a call is kept, and what is missing and why. Pure: instants in, intervals out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from openrvr.journey.call.media.recording.take import MEDIA_TYPE

# Bytes. A slice is two seconds, some 300 kB; a recorder cuts what is larger.
LARGEST_SLICE = 2 * 1024 * 1024
# Likewise, of a piece of a file that she sends.
LARGEST_PIECE = 1024 * 1024
# What a page without a script sends in one form; a script sends larger ones in pieces.
LARGEST_FORM = 12_000_000
# A recorder's clock and the service's differ by the delay of the network; what is shorter than
# this is no absence.
TOLERANCE = timedelta(milliseconds=300)
# A slice is due two seconds after its beginning, and waits out a lost network. What was received
# later than this after it says that it was recorded, or before, rests on its recorder's word.
LATE = timedelta(minutes=1)


class Cause(StrEnum):
    """Why something is missing."""

    NETWORK = "network"
    TAB_CLOSED = "tab_closed"
    NOT_GRANTED = "not_granted"
    TURNED_OFF = "turned_off"
    DISK_FULL = "disk_full"
    NOT_TOLD = "not_told"
    NOT_SUPPORTED = "not_supported"
    CONNECTING = "connecting"
    STALLED = "stalled"
    NOT_RECEIVED = "not_received"
    HUNG_UP = "hung_up"
    RUNG = "rung"
    NOT_IN_CALL = "not_in_call"
    UNKNOWN = "unknown"


class Missing(StrEnum):
    """What is missing."""

    EVERYTHING = "everything"
    PICTURE = "picture"
    SOUND = "sound"


_ALL = Missing.EVERYTHING

# Why there is no track at all of somebody, where nothing else is known: she was never connected,
# his camera was never allowed.
_IF_NEVER = {"victim": Cause.CONNECTING, "officer": Cause.NOT_GRANTED}


def if_never(person: str, *, is_anybody: bool, unrecorded: Cause | None) -> Cause:
    """Why there is no track of `person`.

    `is_anybody` says whether there is a track of anybody else; `unrecorded` is why there is none,
    where that was noted.
    """
    if not is_anybody:
        return unrecorded or Cause.UNKNOWN
    return _IF_NEVER.get(person, Cause.UNKNOWN)


@dataclass(frozen=True)
class Interval:
    since: datetime
    until: datetime

    @property
    def length(self) -> timedelta:
        return self.until - self.since


@dataclass(frozen=True)
class Covered:
    """What a slice says that it holds."""

    index: int
    since: datetime
    until: datetime

    @classmethod
    def by(cls, index: int, since: datetime, until: datetime, *, size: int) -> Covered:
        """A slice of `size` bytes; of none it holds nothing, whatever it says."""
        return cls(index, since if size else until, until)


@dataclass(frozen=True)
class Gap:
    """An interval in which something of one person is missing."""

    since: datetime
    until: datetime
    missing: Missing
    cause: Cause

    @property
    def length(self) -> timedelta:
        return self.until - self.since


@dataclass(frozen=True)
class Kept:
    """One track as it was kept: what it covers, what its recorder said of itself.

    `ended` is why its recorder stopped; None where nothing was heard of an end. `conditions` are
    what the recorder noticed while it ran: bytes are there, but not of what they ought to show.
    """

    covers: tuple[Covered, ...]
    ended: Cause | None = None
    conditions: tuple[Gap, ...] = ()


class Recorder(StrEnum):
    """Who wrote a track: the officer's browser, or the node that carried the call."""

    DESK = "desk"
    NODE = "node"


def recorder_of(media_type: str) -> Recorder:
    return Recorder.NODE if media_type == MEDIA_TYPE else Recorder.DESK


def in_none(found: Iterable[Iterable[Gap]]) -> list[Gap]:
    """What none of several recorders has, from what is missing of the same person with each."""
    missing, *others = (list(each) for each in found)
    for other in others:
        both = (_in_both(one, two) for one in missing for two in other)
        missing = sorted(_joined([g for g in both if g]), key=lambda gap: (gap.since, gap.missing))
    return missing


def not_in(missing: Iterable[Gap], common: Iterable[Gap]) -> list[Gap]:
    """The parts of what one recorder lacks that are not in what all of them lack."""
    common = list(common)
    return _long_enough(part for gap in missing for part in _beyond(gap, common))


def _beyond(gap: Gap, common: list[Gap]) -> Iterable[Gap]:
    if gap.missing is not _ALL:
        yield from _without(gap, [each for each in common if each.missing in {gap.missing, _ALL}])
        return
    yield from _without(gap, common)
    # Where all lack one of picture and sound, this one lacks the other besides.
    for each in common:
        part = _within(Interval(gap.since, gap.until), each)
        if part and each.missing is not _ALL:
            besides = replace(part, missing=_BESIDES[each.missing], cause=gap.cause)
            yield from _beyond(besides, common)


_BESIDES = {Missing.PICTURE: Missing.SOUND, Missing.SOUND: Missing.PICTURE}


def _in_both(one: Gap, two: Gap) -> Gap | None:
    """Where both lack the same, by the cause of the one that lacks less."""
    if one.missing is not _ALL and two.missing is not _ALL and one.missing is not two.missing:
        return None
    less = two if one.missing is _ALL else one
    if Cause.NOT_IN_CALL in (one.cause, two.cause):
        # What one recorder knows for certain the other may only infer.
        less = replace(less, cause=Cause.NOT_IN_CALL)
    return _within(
        Interval(one.since, one.until), replace(two, missing=less.missing, cause=less.cause)
    )


def gaps(call: Interval, tracks: Iterable[Kept], *, otherwise: Cause = Cause.UNKNOWN) -> list[Gap]:
    """Everything of one person that is missing between the beginning and the end of `call`.

    Sorted by time. `otherwise` is the cause where there is no track at all. The sum of what is
    covered and of the gaps of everything is the length of the call: nothing is passed over.
    """
    kept = sorted((t for t in tracks if t.covers), key=lambda t: t.covers[0].since)
    # A condition that lasts is told with each slice: it is long enough, or not, as a whole.
    noticed = _long_enough(_joined(_in_call(call, (g for track in kept for g in track.conditions))))
    # What a recorder said of its own absence is known; what follows from the bytes is inferred.
    told = [gap for gap in noticed if gap.missing is _ALL]
    absent = _long_enough(_in_call(call, _absent(call, kept, otherwise=otherwise)))
    inferred = [part for gap in absent for part in _without(gap, told)]
    # What began before a track had ended, and was told by the next one, overlaps the time between.
    return sorted(_joined([*inferred, *noticed]), key=lambda gap: (gap.since, gap.missing))


def _in_call(call: Interval, found: Iterable[Gap]) -> list[Gap]:
    """The parts of gaps that lie in the call."""
    within = (_within(call, gap) for gap in found)
    return [gap for gap in within if gap]


def _long_enough(found: Iterable[Gap]) -> list[Gap]:
    return [gap for gap in found if gap.length > TOLERANCE]


def _without(gap: Gap, told: Iterable[Gap]) -> Iterable[Gap]:
    """The parts of a gap that nothing of `told` covers."""
    since = gap.since
    for each in sorted(told, key=lambda each: each.since):
        if each.since > since:
            yield replace(gap, since=since, until=min(each.since, gap.until))
        since = max(since, each.until)
        if since >= gap.until:
            return
    yield replace(gap, since=since)


def _absent(call: Interval, kept: list[Kept], *, otherwise: Cause) -> Iterable[Gap]:
    """Where there are no bytes at all. The cause is the end of the track before."""
    reached, cause = call.since, Cause.CONNECTING if kept else otherwise
    for track in kept:
        yield from _holes(track, reached, cause)
        reached = max(reached, *(piece.until for piece in track.covers))
        # A recorder that says nothing of its end had no time to: its page was closed or killed.
        cause = track.ended or Cause.TAB_CLOSED
    if call.until > reached:
        yield Gap(reached, call.until, _ALL, cause)


def _holes(track: Kept, reached: datetime, cause: Cause) -> Iterable[Gap]:
    """Between `reached` and the track's first slice, for `cause`; and between its slices."""
    expected, before = 0, reached
    for piece in track.covers:
        is_lost = piece.index > expected
        # Where a number is left out its recorder ran on, so the slice was lost on the way.
        if is_lost:
            cause = Cause.NETWORK
        if piece.since - reached > TOLERANCE:
            yield Gap(reached, piece.since, _ALL, cause)
        elif is_lost:
            # A piece of a slice that was cut: too short to be missed by its time, and what is
            # before it does not go on without it.
            yield Gap(before, piece.since, _ALL, cause)
        # The next slice is there, and what was between is not: the recorder itself stood still.
        expected, cause, before = piece.index + 1, Cause.STALLED, min(reached, piece.since)
        reached = max(reached, piece.until)


def _within(call: Interval, gap: Gap) -> Gap | None:
    since, until = max(gap.since, call.since), min(gap.until, call.until)
    return replace(gap, since=since, until=until) if since < until else None


def _joined(noticed: list[Gap]) -> list[Gap]:
    """A condition that lasts is told with each slice: neighbours of one kind are one gap."""
    joined: list[Gap] = []
    for gap in sorted(noticed, key=lambda gap: (gap.missing, gap.cause, gap.since)):
        last = joined[-1] if joined else None
        if (
            last
            and (last.missing, last.cause) == (gap.missing, gap.cause)
            and gap.since - last.until <= TOLERANCE
        ):
            joined[-1] = replace(last, until=max(last.until, gap.until))
        else:
            joined.append(gap)
    return joined


@dataclass(frozen=True)
class Late:
    """What one person's slices say that they hold, and when the last of them was received.

    `most` is how long after its own end a slice was received at the most; negative where a clock
    was wrong.
    """

    person: str
    since: datetime
    until: datetime
    received: datetime
    most: timedelta

    @classmethod
    def by(cls, person: str, since: datetime, until: datetime, received: datetime) -> Late:
        return cls(person, since, until, received, received - until)


def late(received: Iterable[Late]) -> list[Late]:
    """What was received at another time than it was recorded; slices that follow are one.

    `received` are slices in the order in which they were received.
    """
    found: list[Late] = []
    newest: dict[str, int] = {}
    for each in received:
        if abs(each.most) <= LATE:
            continue
        at = newest.get(each.person)
        last = None if at is None else found[at]
        if at is not None and last and abs(each.since - last.until) <= TOLERANCE:
            most = max(last.most, each.most, key=abs)
            found[at] = replace(last, until=each.until, received=each.received, most=most)
        else:
            newest[each.person] = len(found)
            found.append(each)
    return found


def seconds_missing(found: Iterable[Gap]) -> float:
    """How long anything is missing, in seconds; what overlaps counts once."""
    total, reached = 0.0, None
    for gap in sorted(found, key=lambda gap: gap.since):
        since = gap.since if reached is None else max(gap.since, reached)
        if gap.until > since:
            total += (gap.until - since).total_seconds()
            reached = gap.until
    return total
