"""How many recorded calls of two people one core of a node carries: `python -m benchmarks.load`.

Janus runs on one core, whoever calls on the other. The calls are agreed, recorded and ended as
OpenRVR does it; each person sends sound (50 packets a second) and a picture of 500 kbit/s, and gets
the other's. More and more calls are added, and held for some seconds each time, until packets are
lost on their way through the node, or are not in its recordings.

Two figures come of it. *Until packets are lost* is found out. *By its CPU* is what Janus used for a
call while it had time left, and how many of these a core has; it is the lesser one, since a Janus
that is behind takes several packets at a time. Where the publishers come to their end before Janus
does, the first figure is said to be a least.

Not in it: a network card (all packets stay on this machine, and what its kernel does to deliver one
of Janus' counts as Janus'), what is sent again (what is lost is counted), most of what browsers say
of what they get, calls that begin and end, and the agent that hands the recordings over. Nor is the
delay: packets wait before any is lost.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from bisect import bisect_left
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from itertools import takewhile
from pathlib import Path

import uvloop

from benchmarks.cpu import cpu
from benchmarks.publishers import TICK, Frames, NobodyCame, TwoPeople, counting, film, send
from openrvr.journey.call.media.janus.connection import (
    Node,
    NodeConnection,
    NodeTrouble,
    connected,
)
from openrvr.journey.call.media.recording.mjr import head, packets
from tests.janus import SECRET, Janus, janus

NODE_CORE, OUR_CORE = 0, 1
# Calls that are added at a time: where Janus has time left, and where it has not.
FAR, NEAR = 10, 5
# The share of its core from which on it has not.
BEHIND = 0.8
# Seconds.
HELD = 8.0
NO_NEW_STEP_AFTER = 180.0
SETTLES_WITHIN = 10.0
ENDS_WITHIN = 20.0
# What is on its way at one moment has arrived at another one of so many seconds.
LOOKED_AT = 0.2

# Shares: lost by whom it was lost of most; of our core, and of what we are to send.
LOST = 0.005
BUSY = 0.9
SENT = 0.98


class Ended(Enum):
    """Why no more calls were added."""

    NODE = "the node lost packets"
    REFUSED = "the node took no more"
    PUBLISHERS = "the publishers were at their end"
    TIME = "the time was over"


@dataclass(frozen=True)
class Load:
    """`calls` were carried at once without a loss; at least, unless the node was at its end.

    `share` is what Janus had of its core in the last step: where the node was at its end, all but
    what others had of it. `cpu` is what Janus used, in milliseconds for each second of a call.
    """

    calls: int
    share: float
    cpu: float
    ended: Ended

    @property
    def publishers_ended_first(self) -> bool:
        return self.ended is Ended.PUBLISHERS

    @property
    def calls_by_cpu(self) -> float:
        """Calls for which a whole core has the time, if each costs the same."""
        return 1000 / self.cpu

    def words(self) -> str:
        least = "" if self.ended in (Ended.NODE, Ended.REFUSED) else "at least "
        return (
            f"Recorded calls at once on one core until packets are lost: {least}{self.calls}"
            f" ({self.ended.value}; Janus had {self.share:.0%} of it).\n"
            f"CPU of Janus for one recorded call: {self.cpu:.1f} ms a second;"
            f" by that one core has the time for {self.calls_by_cpu:.0f}."
        )


@dataclass(frozen=True)
class _Looked:
    """What has been used (seconds) and sent (packets) by a moment.

    `missing` is of each who gets something: what the other has sent, and has not come. `sent_by` is
    what everybody had sent at each of the last moments.
    """

    at: float
    janus: float
    ours: float
    sent: tuple[int, ...]
    missing: tuple[int, ...]
    sent_by: tuple[tuple[datetime, int], ...]

    def unwritten(self, recorded: list[datetime]) -> int:
        """What had been sent and was not in the recordings, whose packets have these times."""
        return min(sent - bisect_left(recorded, at) for at, sent in self.sent_by)


@dataclass(frozen=True)
class Step:
    """So many calls, held, from one look to the other; `sent` is packets.

    The others are shares: `lost` is of the direction that lost most, `cpu` what Janus used of its
    core, and `ours` what we used of ours; `due` what we sent of what we were to send.
    """

    calls: int
    before: _Looked
    after: _Looked
    sent: int
    lost: float
    cpu: float
    ours: float
    due: float

    @property
    def cpu_of_a_call(self) -> float:
        """Milliseconds for each second of a call."""
        return 1000 * self.cpu / self.calls

    @property
    def is_ours_to_blame(self) -> bool:
        return self.ours > BUSY or self.due < SENT

    def unrecorded(self, recorded: list[datetime]) -> float:
        """The share of what was sent that is not in the recordings."""
        left = self.after.unwritten(recorded) - self.before.unwritten(recorded)
        return max(left / self.sent, 0)

    def words(self, unrecorded: float) -> str:
        return (
            f"{self.calls:>4} calls: {self.lost:.2%} lost, {unrecorded:.2%} not recorded."
            f" Janus: {self.cpu:.0%} of its core, {self.cpu_of_a_call:.1f} ms a second of a call."
            f" Publishers: {self.ours:.0%} of theirs, {self.due:.1%} of their packets sent."
        )


def calls_on_one_core(directory: Path) -> Load:
    """Takes under four minutes, and two cores; prints each step at the end."""
    # In a thread: its core is its own affair, and the caller may have a loop of Playwright's.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(_measure, directory).result()


def _measure(directory: Path) -> Load:
    recordings = directory / "recordings"
    recordings.mkdir(parents=True)
    _move_to(OUR_CORE)
    pictures = film()
    # Janus stays where it is started.
    _move_to(NODE_CORE)
    with janus(directory / "node") as node:
        _move_to(OUR_CORE)
        with counting(), asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
            steps = _Steps(node, recordings, pictures)
            loop.run(steps.run())
    return _judged(steps.held, _recorded(recordings), steps.ended)


def _move_to(core: int) -> None:
    os.sched_setaffinity(0, {core})


class _Steps:
    """The calls, more and more of them."""

    def __init__(self, node: Janus, recordings: Path, pictures: Frames) -> None:
        self._node = node
        self._recordings = recordings
        self._pictures = pictures
        self._calls: list[TwoPeople] = []
        self.held: list[Step] = []
        self.ended = Ended.TIME

    async def run(self) -> None:
        """Ends with the first step that is too much; with the last that there was time for."""
        async with connected(Node("measured", self._node.url), SECRET) as connection:
            # It asks for the session to be kept.
            work = [asyncio.create_task(connection.until_lost())]
            work.append(asyncio.create_task(send(self._calls)))
            try:
                await self._add_and_hold(connection)
            except* (NodeTrouble, NobodyCame):
                self.ended = Ended.REFUSED
            finally:
                for each in work:
                    each.cancel()
                await self._end()

    async def _add_and_hold(self, connection: NodeConnection) -> None:
        began = time.monotonic()
        while time.monotonic() - began < NO_NEW_STEP_AFTER:
            behind = any(step.cpu > BEHIND for step in self.held)
            await self._add(connection, NEAR if behind else FAR)
            step = await self._hold()
            if step.lost > LOST:
                # Once may be this machine.
                step = await self._hold()
            self.held.append(step)
            if step.lost > LOST or step.is_ours_to_blame:
                return

    async def _add(self, connection: NodeConnection, how_many: int) -> None:
        """Raises NodeTrouble and NobodyCame."""
        folder = str(self._recordings)
        more = [TwoPeople(connection, folder, self._pictures) for _ in range(how_many)]
        self._calls += more
        async with asyncio.TaskGroup() as beginning:
            for call in more:
                beginning.create_task(call.begin())
        everybody = [person for call in more for person in call.people]
        deadline = time.monotonic() + SETTLES_WITHIN
        while not all(person.arrived for person in everybody):
            if time.monotonic() > deadline:
                raise NobodyCame
            await asyncio.sleep(TICK)

    async def _hold(self) -> Step:
        before = await self._look()
        await asyncio.sleep(HELD)
        after = await self._look()
        seconds = after.at - before.at
        sent = [late - early for late, early in zip(after.sent, before.sent, strict=True)]
        lost = [late - early for late, early in zip(after.missing, before.missing, strict=True)]
        people = [person for call in self._calls for person in call.people]
        due = sum(track.packets_a_second for person in people for track in person.tracks)
        return Step(
            calls=len(self._calls),
            before=before,
            after=after,
            sent=sum(sent),
            lost=max(gone / of for gone, of in zip(lost, sent, strict=True)),
            cpu=(after.janus - before.janus) / seconds,
            ours=(after.ours - before.ours) / seconds,
            due=sum(sent) / (due * seconds),
        )

    async def _look(self) -> _Looked:
        missing, sent_by = self._missing(), []
        until = time.monotonic() + LOOKED_AT
        while time.monotonic() < until:
            await asyncio.sleep(TICK)
            missing = tuple(map(min, missing, self._missing()))
            sent_by.append((datetime.now(UTC), sum(self._sent())))
        assert self._node.process
        return _Looked(
            at=time.monotonic(),
            janus=cpu(self._node.process.pid),
            ours=time.thread_time(),
            sent=self._sent(),
            missing=missing,
            sent_by=tuple(sent_by),
        )

    def _sent(self) -> tuple[int, ...]:
        return tuple(person.sent for call in self._calls for person in call.people)

    def _missing(self) -> tuple[int, ...]:
        """What each has sent, less what the other one got of it."""
        pairs = (call.people for call in self._calls)
        both = (pair for one, two in pairs for pair in ((one, two), (two, one)))
        return tuple(sender.sent - receiver.arrived for sender, receiver in both)

    async def _end(self) -> None:
        # A node that hangs has the recordings as they are.
        with suppress(NodeTrouble, TimeoutError):
            async with asyncio.timeout(ENDS_WITHIN):
                for call in self._calls:
                    await call.end()
        await asyncio.gather(*(call.close() for call in self._calls))


def _recorded(recordings: Path) -> list[datetime]:
    """When each packet was written that Janus has recorded, in order."""
    return sorted(at for path in recordings.glob("*.mjr*") for at in _written(path))


def _written(path: Path) -> Iterator[datetime]:
    content = path.read_bytes()
    if begins := head(content):
        for packet in packets(content[begins.size :], offset=begins.size, head=begins):
            yield packet.at


def _judged(steps: list[Step], recorded: list[datetime], ended: Ended) -> Load:
    """`ended` is for where no step was too much. Raises NobodyCame where there was none at all."""
    if not steps:
        raise NobodyCame
    carried: list[Step] = []
    for step in steps:
        unrecorded = step.unrecorded(recorded)
        print(step.words(unrecorded), flush=True)
        if step.is_ours_to_blame:
            return _load(carried, step, Ended.PUBLISHERS)
        if max(step.lost, unrecorded) > LOST:
            return _load(carried, step, Ended.NODE)
        carried.append(step)
    return _load(carried, steps[-1], ended)


def _load(carried: list[Step], last: Step, ended: Ended) -> Load:
    with_time_left = list(takewhile(lambda step: step.cpu <= BEHIND, carried))
    measured = with_time_left[-1] if with_time_left else last
    return Load(carried[-1].calls if carried else 0, last.cpu, measured.cpu_of_a_call, ended)


def main() -> int:
    with tempfile.TemporaryDirectory() as directory:
        print(calls_on_one_core(Path(directory)).words())
    return 0


if __name__ == "__main__":
    sys.exit(main())
