"""Drives the nodes: one process of the installation does, by what the pages say on their channels.

A page says to the seat of the media plane what it would say to another browser, and the driver
agrees with a node on its behalf: no browser ever reaches a node's interface. Which process drives
is settled by a lock of the database; when it ends, another one takes over and lets the calls begin
anew, as it does when a node dies.
"""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import psycopg
from psycopg_pool import PoolTimeout

from openrvr.foundation.live.hub import ChannelClosed, Event, Hub
from openrvr.journey.call.media.janus.connection import (
    Node,
    NodeConnection,
    NodeTrouble,
    connected,
)
from openrvr.journey.call.media.janus.room import Room, destroy
from openrvr.journey.call.media.janus.signals import NotASignal, Part, read
from openrvr.journey.call.media.seat import STREAM

log = logging.getLogger(__name__)

_LOCK = 72616005
# Seconds.
_TRY_AGAIN = 1.0
_LOOK_EVERY = 5.0

_MOVE = object()
_IS_RECORDED = "SELECT 1 FROM call_call WHERE id = %s AND recorded_since IS NOT NULL"
# What is drained, and what has no room to record.
_SPARED = """SELECT name, bool_or(at_once) FROM (
    SELECT name, at_once FROM call_drainednode
    UNION ALL SELECT name, FALSE FROM call_noderoom WHERE is_full
) each GROUP BY name"""

_DATABASE_AWAY = (psycopg.Error, PoolTimeout, OSError)


@dataclass(eq=False)
class _Call:
    """A call, the seat that we have in it, and what is still to be done for it, in its order."""

    channel: str
    seat: str
    room: Room | None = None
    steps: asyncio.Queue[Any] = field(default_factory=asyncio.Queue)
    worker: asyncio.Task[None] | None = None


class Driver:
    """`owner` tells the rooms of this installation from those of another that shares a node.

    `recordings` is where the nodes write what they record; empty where they do not.
    """

    def __init__(
        self, hub: Hub, nodes: tuple[Node, ...], secret: str, owner: str, recordings: str = ""
    ) -> None:
        self._hub = hub
        self._nodes = nodes
        self._secret = secret
        self._owner = owner
        self._recordings = recordings
        self._up: dict[str, NodeConnection] = {}
        self._calls: dict[str, _Call] = {}
        # By its name, whether what it has is to go too.
        self._spared: dict[str, bool] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        driving = asyncio.create_task(self._for_ever())
        try:
            yield
        finally:
            driving.cancel()
            with suppress(asyncio.CancelledError):
                await driving

    async def _for_ever(self) -> None:
        while True:
            async with self._hub.alone(_LOCK) as lost:
                log.info("this process drives the media plane")
                try:
                    await self._drive(lost)
                except _DATABASE_AWAY as error:
                    log.warning("the media plane is without its database: %s", error)
                finally:
                    await self._let_go()
            await asyncio.sleep(_TRY_AGAIN)

    async def _drive(self, lost: asyncio.Event) -> None:
        work = [
            lost.wait(),
            self._listen(),
            self._look_after(),
            *(self._keep(node) for node in self._nodes),
        ]
        tasks = [asyncio.create_task(each) for each in work]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for each in done:
                each.result()
        finally:
            for each in tasks:
                each.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _let_go(self) -> None:
        for call in self._calls.values():
            if call.worker:
                call.worker.cancel()
        self._calls.clear()

    # --- What the pages say -----------------------------------------------------------------

    async def _listen(self) -> None:
        async with self._hub.subscription([STREAM]) as subscriber:
            # Pages that wait for an answer since before we drove say it again by themselves.
            while not subscriber.is_over:
                said = await subscriber.queue.get()
                if isinstance(said, Event):
                    await self._take(json.loads(said.text))
        log.warning("the media plane could not keep up with what the pages say")

    async def _take(self, event: dict[str, Any]) -> None:
        data = event["data"]
        if event["kind"] == "call.over":
            await self._end(data["call"])
        elif event["kind"] == "call.left" and (call := self._calls.get(data["call"])):
            call.steps.put_nowait(partial(Room.leave, seat=data["seat"]))
        elif event["kind"] == "call.record" and (call := await self._call(data["call"])):
            call.steps.put_nowait(Room.record)
        elif event["kind"] == "call.signal" and (call := await self._call(data["call"])):
            try:
                page, parts = read(data["data"])
            except NotASignal:
                log.warning("call %s: a page said what is no signal", call.channel)
                return
            for part in parts:
                call.steps.put_nowait((data["by"], page, part))

    async def _call(self, channel: str) -> _Call | None:
        if channel not in self._calls:
            await self._learn()
        return self._calls.get(channel)

    async def _learn(self) -> dict[str, set[str]]:
        """Takes up every call that is open; returns who has a seat in each."""
        seated: dict[str, set[str]] = {}
        for channel, mine, other in await self._hub.seats_beside(STREAM):
            seated.setdefault(channel, set()).add(other)
            if channel not in self._calls:
                call = self._calls[channel] = _Call(channel, mine)
                call.worker = asyncio.create_task(self._work(call))
        return seated

    # --- One call ---------------------------------------------------------------------------

    async def _work(self, call: _Call) -> None:
        while True:
            step = await call.steps.get()
            try:
                await self._do(call, step)
            except NodeTrouble as trouble:
                log.warning("call %s: %s", call.channel, trouble)
            except ChannelClosed:
                pass  # It has ended meanwhile.
            except _DATABASE_AWAY as error:
                log.warning("call %s: %s", call.channel, error)

    async def _do(self, call: _Call, step: Any) -> None:
        if step is _MOVE:
            if old := await self._move(call):
                await old.end()
        elif callable(step):
            if call.room:
                await step(call.room)
        elif room := await self._room(call):
            match step:
                case (str() as seat, str() as what, int() as handle):
                    await room.is_told(seat, what, handle)
                case (str() as by, str() as page, part):
                    await self._say(room, by, page, part)

    async def _room(self, call: _Call) -> Room | None:
        """The call's, on the node that has least to do; None while there is no node at all."""
        if call.room is None and (on := await self._least_busy()):
            call.room = Room(
                call.channel,
                on,
                owner=self._owner,
                send=lambda seat, said: self._send(call, seat, said),
                heard=lambda *told: call.steps.put_nowait(told),
                # Of its own: several nodes may share a disk.
                recordings=f"{self._recordings}/{on.node.name}" if self._recordings else "",
            )
            if await self._hub.rows(_IS_RECORDED, call.channel):
                await call.room.record()
        return call.room

    async def _say(self, room: Room, by: str, page: str, part: Part) -> None:
        try:
            await room.take(by, page, part)
        except NodeTrouble as trouble:
            log.warning("call %s: %s", room.call, trouble)
            await room.leave(by)

    async def _send(self, call: _Call, seat: str, said: dict[str, Any]) -> None:
        await self._hub.signal(call.seat, to=seat, key=str(uuid.uuid4()), data=said)

    async def _end(self, channel: str) -> None:
        call = self._calls.pop(channel, None)
        if call is None:
            return
        if call.worker:
            call.worker.cancel()
        if call.room:
            with suppress(NodeTrouble):
                await call.room.end()

    # --- The nodes --------------------------------------------------------------------------

    async def _least_busy(self) -> NodeConnection | None:
        await self._learn_spared()
        # Where there is no other, one that is drained or full is better than none.
        busy = dict.fromkeys(self._in_use() or self._up, 0)
        for call in self._calls.values():
            if call.room and call.room.on.node.name in busy:
                busy[call.room.on.node.name] += 1
        name = min(busy, key=lambda each: busy[each], default=None)
        return self._up[name] if name else None

    def _in_use(self) -> list[str]:
        return [name for name in self._up if name not in self._spared]

    async def _learn_spared(self) -> None:
        self._spared = dict(await self._hub.rows(_SPARED))

    async def _spare(self) -> None:
        await self._learn_spared()
        for name, at_once in self._spared.items():
            if at_once and name in self._up and self._in_use():
                for call in self._on(self._up[name]):
                    call.steps.put_nowait(_MOVE)

    async def _keep(self, node: Node) -> None:
        """Connected as far as it can be; whoever was on it begins anew elsewhere when it is not."""
        while True:
            try:
                async with connected(node, self._secret) as connection:
                    await self._sweep(connection)
                    self._up[node.name] = connection
                    log.info("media node %s is there", node.name)
                    await connection.until_lost()
            except NodeTrouble as trouble:
                log.warning("media node %s: %s", node.name, trouble)
            finally:
                gone = self._up.pop(node.name, None)
            if gone:
                log.warning("media node %s has gone", node.name)
                # At once, whatever step of it is being waited for.
                for call in self._on(gone):
                    await self._move(call)
            await asyncio.sleep(_TRY_AGAIN)

    def _on(self, node: NodeConnection) -> list[_Call]:
        return [call for call in self._calls.values() if call.room and call.room.on is node]

    async def _move(self, call: _Call) -> Room | None:
        """Its pages begin anew, with another node; returns what this one had."""
        room, call.room = call.room, None
        for seat in room.seats if room else ():
            with suppress(ChannelClosed, *_DATABASE_AWAY):
                await self._send(call, seat, {"to": None, "anew": True})
        return room

    async def _look_after(self) -> None:
        """Rooms of calls that have ended go, and so does whoever has no seat any more."""
        await self._begin_anew()
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            await self._spare()
            seated = await self._learn()
            for channel, call in tuple(self._calls.items()):
                if channel not in seated:
                    await self._end(channel)
                elif call.room:
                    for seat in call.room.seats - seated[channel]:
                        await call.room.leave(seat)
            for connection in tuple(self._up.values()):
                with suppress(NodeTrouble):
                    await self._sweep(connection)

    async def _begin_anew(self) -> None:
        """What an earlier driver had agreed with the pages went with him."""
        for channel, seats in (await self._learn()).items():
            for seat in seats:
                with suppress(ChannelClosed):
                    await self._send(self._calls[channel], seat, {"to": None, "anew": True})

    async def _sweep(self, on: NodeConnection) -> None:
        """Destroys rooms of ours that no call has. Raises NodeTrouble."""
        handle = await on.attach(lambda _: None)
        try:
            answer = await handle.ask({"request": "list"})
        finally:
            await handle.detach()
        ours = {name for name, call in self._calls.items() if call.room and call.room.on is on}
        for room in answer["plugindata"]["data"]["list"]:
            if room["description"] == self._owner and room["room"] not in ours:
                await destroy(on, room["room"])
