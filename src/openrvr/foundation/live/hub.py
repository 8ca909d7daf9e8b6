"""From PostgreSQL's notifications to the open screens of this process.

One connection listens. It is woken by a NOTIFY, reads what is new in one query, and hands each
event to the subscribers of its stream. A reader that does not keep up is closed: it comes back
with the position it has seen and misses nothing.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, LiteralString

import psycopg
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

log = logging.getLogger(__name__)

QUEUE = 256
# What a screen missed is read in pages, so that many who come back at once are no burden.
PAGE = 200
# Of one person or phone, for each process. Dropped networks leave some behind that nobody reads.
MOST_SCREENS = 12
# A NOTIFY that was lost with its connection is made good by looking anyway.
LOOK_ANYWAY = 5.0
RECONNECT = 0.25
# How often a process asks whether it is its turn, and whether it still is. Seconds.
ELECT_EVERY = 0.5

_NEWER = """
    SELECT position, stream, kind, data, at AT TIME ZONE 'UTC'
      FROM live_liveevent WHERE position > %s ORDER BY position LIMIT 500
"""
_MISSED = """
    SELECT position, stream, kind, data, at AT TIME ZONE 'UTC' FROM live_liveevent
     WHERE stream = ANY(%s) AND position > %s ORDER BY position LIMIT %s
"""
_NEWEST = "SELECT coalesce(max(position), 0) FROM live_liveevent"
# To whom it goes, and from whom it comes, is the table's word and not the sender's.
_SIGNAL = """
    INSERT INTO live_liveevent (key, stream, kind, data, at)
    SELECT md5(%(key)s || other.id)::uuid, other.stream, 'call.signal',
           jsonb_build_object('call', mine.channel_id, 'by', mine.id, 'data', %(data)s::jsonb),
           now()
      FROM live_liveseat mine
      JOIN live_livechannel channel ON channel.id = mine.channel_id AND channel.closed_at IS NULL
      JOIN live_liveseat other ON other.channel_id = mine.channel_id AND other.left_at IS NULL
     WHERE mine.id = %(seat)s AND mine.left_at IS NULL
       AND other.id <> mine.id AND (%(to)s::uuid IS NULL OR other.id = %(to)s::uuid)
    ON CONFLICT (key) DO NOTHING
"""
_BESIDE = """
    SELECT mine.channel_id::text, mine.id::text, other.id::text
      FROM live_liveseat mine
      JOIN live_livechannel channel ON channel.id = mine.channel_id AND channel.closed_at IS NULL
      JOIN live_liveseat other ON other.channel_id = mine.channel_id AND other.left_at IS NULL
     WHERE mine.stream = %s AND mine.left_at IS NULL AND other.id <> mine.id
"""
_TAKEN = """
    SELECT 1 FROM live_liveseat mine
      JOIN live_livechannel channel ON channel.id = mine.channel_id AND channel.closed_at IS NULL
     WHERE mine.id = %s AND mine.left_at IS NULL
"""


@dataclass(frozen=True)
class Event:
    """One event, ready to be sent: its position and the JSON text of all of it."""

    position: int
    stream: str
    text: str


@dataclass(frozen=True)
class Whisper:
    """Something for whoever listens at this moment: it has no position, and is never told again."""

    text: str


@dataclass(eq=False)
class Subscriber:
    """An open screen: what waits to be sent to it."""

    streams: list[str]
    queue: asyncio.Queue[Event | Whisper] = field(default_factory=lambda: asyncio.Queue(QUEUE))
    # It does not keep up, or has to make room: the stream ends, and a page of ours comes back.
    is_over: bool = False

    def offer(self, event: Event | Whisper) -> None:
        try:
            self.queue.put_nowait(event)
        except asyncio.QueueFull:
            self.is_over = True


def _event(row: TupleRow) -> Event:
    position, stream, kind, data, at = row
    body = {"stream": stream, "kind": kind, "data": data, "at": at.isoformat() + "Z"}
    return Event(position, stream, json.dumps(body, separators=(",", ":")))


class ChannelClosed(Exception):
    """The call is over, at least for whoever had this seat: nothing can be signalled on it."""

    def __init__(self) -> None:
        super().__init__("This call has ended.")


class Hub:
    """The live events of one process. Start it with `running()`."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._pool: AsyncConnectionPool[Any] = AsyncConnectionPool(
            database,
            min_size=1,
            max_size=6,
            timeout=3,
            open=False,
            check=AsyncConnectionPool.check_connection,
            kwargs={"autocommit": True, "application_name": "openrvr live"},
        )
        self._subscribers: defaultdict[str, dict[Subscriber, None]] = defaultdict(dict)
        self._seen: int | None = None
        # From then on nothing is missed: what is told while nobody listens is looked up.
        self._has_listened = asyncio.Event()
        self.listening = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Hub]:
        await self._pool.open()
        listener = asyncio.create_task(self._listen_for_ever())
        try:
            yield self
        finally:
            listener.cancel()
            await self._pool.close(timeout=1)

    @asynccontextmanager
    async def subscription(self, streams: list[str]) -> AsyncIterator[Subscriber]:
        """An open screen. Where its first stream has too many already, the oldest makes room.

        Waits until this process listens for the first time.
        """
        await self._has_listened.wait()
        subscriber = Subscriber(streams)
        for stream in streams:
            self._subscribers[stream][subscriber] = None
        for oldest in list(self._subscribers[streams[0]])[:-MOST_SCREENS]:
            oldest.is_over = True
        try:
            yield subscriber
        finally:
            for stream in streams:
                self._subscribers[stream].pop(subscriber, None)
                if not self._subscribers[stream]:
                    del self._subscribers[stream]

    async def missed(self, streams: list[str], after: int) -> list[Event]:
        """What `streams` were told since position `after`, oldest first; a page at the most."""
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(_MISSED, (streams, after, PAGE))).fetchall()
        return [_event(row) for row in rows]

    async def signal(self, seat: str, *, to: str | None, key: str, data: object) -> None:
        """Send `data` from `seat` to the others of its channel, or to one of them.

        The same `key` twice is sent once. Raises ChannelClosed.
        """
        values = {"key": key, "seat": seat, "to": to, "data": json.dumps(data)}
        async with self._pool.connection() as connection:
            sent = await connection.execute(_SIGNAL, values)
            if sent.rowcount:
                return
            if not await (await connection.execute(_TAKEN, (seat,))).fetchone():
                raise ChannelClosed

    async def seats_beside(self, stream: str) -> list[tuple[str, str, str]]:
        """Each open channel on which `stream` has a seat: channel, that seat, another's seat."""
        return [(channel, mine, other) for channel, mine, other in await self.rows(_BESIDE, stream)]

    async def rows(self, query: LiteralString, *values: object) -> list[TupleRow]:
        """What the database answers."""
        async with self._pool.connection() as connection:
            found: list[TupleRow] = await (await connection.execute(query, values)).fetchall()
        return found

    @asynccontextmanager
    async def alone(self, lock: int) -> AsyncIterator[asyncio.Event]:
        """Waits until no other process holds `lock`; the event is set when it is ours no more."""
        while True:
            with suppress(psycopg.Error, OSError):
                connection = await psycopg.AsyncConnection.connect(
                    self._database, autocommit=True, application_name="openrvr", connect_timeout=3
                )
                taken = await (
                    await connection.execute("SELECT pg_try_advisory_lock(%s)", (lock,))
                ).fetchone()
                if taken and taken[0]:
                    break
                await connection.close()
            await asyncio.sleep(ELECT_EVERY)
        lost = asyncio.Event()
        watching = asyncio.create_task(_watch(connection, lost))
        try:
            yield lost
        finally:
            watching.cancel()
            await connection.close()

    async def _listen_for_ever(self) -> None:
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError) as error:
                log.warning("the live stream lost its database, trying again: %s", error)
            self.listening = False
            await asyncio.sleep(RECONNECT)

    async def _listen(self) -> None:
        connection = await psycopg.AsyncConnection.connect(
            self._database, autocommit=True, application_name="openrvr live", connect_timeout=3
        )
        async with connection:
            await connection.execute("LISTEN openrvr_live")
            await connection.execute("LISTEN openrvr_whisper")
            if self._seen is None:
                row = await (await connection.execute(_NEWEST)).fetchone()
                self._seen = row[0] if row else 0
            self._has_listened.set()
            self.listening = True
            while True:
                # First what was told while nobody listened, then what wakes us.
                while await self._hand_out(connection):
                    pass
                async for notice in connection.notifies(timeout=LOOK_ANYWAY, stop_after=1):
                    if notice.channel == "openrvr_whisper":
                        self._pass_on(notice.payload)

    async def _hand_out(self, connection: psycopg.AsyncConnection[TupleRow]) -> int:
        rows = await (await connection.execute(_NEWER, (self._seen,))).fetchall()
        for row in rows:
            self._seen = row[0]
            if subscribers := self._subscribers.get(row[1]):
                event = _event(row)
                for subscriber in tuple(subscribers):
                    subscriber.offer(event)
        return len(rows)

    def _pass_on(self, whispered: str) -> None:
        """To each screen once, however many of the streams it hears."""
        said = json.loads(whispered)
        streams = said.pop("streams")
        whisper = Whisper(json.dumps(said, separators=(",", ":")))
        for subscriber in {each for name in streams for each in self._subscribers.get(name, ())}:
            subscriber.offer(whisper)


async def _watch(connection: psycopg.AsyncConnection[TupleRow], lost: asyncio.Event) -> None:
    with suppress(psycopg.Error, OSError):
        while True:
            await asyncio.sleep(ELECT_EVERY)
            await connection.execute("SELECT 1")
    lost.set()
