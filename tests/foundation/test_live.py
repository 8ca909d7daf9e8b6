"""The live streams over real HTTP: a real server, real connections, real LISTEN and NOTIFY."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg
import pytest
import uvicorn
from django.core import signing
from django.db import connection, transaction

from openrvr.foundation.live import actions as live
from openrvr.foundation.live.app import make_app
from openrvr.foundation.live.hub import MOST_SCREENS, PAGE, Hub
from openrvr.foundation.live.models import LiveEvent
from openrvr.foundation.live.queries import position, seats
from openrvr.foundation.live.tokens import STREAM_LIFE, seconds_left, signal_pass, stream_token
from tests.together import together

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@contextmanager
def _web_process(owner_url: str) -> Iterator[str]:
    """One more server of live streams on the test's database, as the application's role."""
    name = urlsplit(owner_url).path
    app = make_app(urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=name)))
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1)
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    running.should_exit = True
    thread.join()


@pytest.fixture
def server(commits: None, owner_url: str) -> Iterator[str]:
    with _web_process(owner_url) as url:
        yield url


@pytest.fixture
def other_server(commits: None, owner_url: str) -> Iterator[str]:
    with _web_process(owner_url) as url:
        yield url


class Reader:
    """One screen: reads its stream in the test's own time."""

    def __init__(self, server: str, *streams: str, last: int = 0) -> None:
        self._client = httpx.Client(timeout=10)
        self._request = self._client.stream(
            "GET",
            f"{server}/live/stream",
            params={"t": stream_token(list(streams)), "last": str(last)},
        )
        self.response = self._request.__enter__()
        self._lines = self.response.iter_lines()
        self.beats = 0

    def next(self) -> dict[str, Any]:
        """The next event, with its position; beats are counted and passed over."""
        event: dict[str, Any] = {}
        for line in self._lines:
            name, _, value = line.partition(": ")
            if name == "event":
                self.beats += value == "beat"
                event["beat"] = True
            elif name == "id":
                event["id"] = int(value)
            elif name == "data" and "id" in event:
                return {**event, **json.loads(value)}
        raise AssertionError("the stream ended")

    def until_open(self) -> Reader:
        """Returns once the server has begun to answer: it is then subscribed, or about to be."""
        for line in self._lines:
            if line.startswith("event: beat"):
                return self
        raise AssertionError("the stream ended")

    def close(self) -> None:
        self._request.__exit__(None, None, None)
        self._client.close()


def _publish(stream: str, number: int) -> None:
    with transaction.atomic():
        live.publish(stream, "test", now=NOW, number=number)


def test_what_is_committed_arrives(server: str) -> None:
    reader = Reader(server, "desk.a").until_open()
    _publish("desk.a", 1)
    event = reader.next()
    assert (event["kind"], event["data"], event["stream"]) == ("test", {"number": 1}, "desk.a")
    assert event["at"] == "2026-11-23T12:00:00Z"
    reader.close()


def test_only_the_own_streams_arrive(server: str) -> None:
    reader = Reader(server, "desk.a", "person.1").until_open()
    for number, stream in enumerate(["desk.b", "person.2", "person.1", "desk.b", "desk.a"]):
        _publish(stream, number)
    assert [reader.next()["data"]["number"] for _ in range(2)] == [2, 4]
    reader.close()


def test_whoever_comes_back_misses_nothing(server: str) -> None:
    reader = Reader(server, "desk.a").until_open()
    _publish("desk.a", 0)
    seen = reader.next()["id"]
    reader.close()
    for number in range(1, 6):
        _publish("desk.a", number)
    again = Reader(server, "desk.a", last=seen)
    assert [again.next()["data"]["number"] for _ in range(5)] == [1, 2, 3, 4, 5]
    again.close()


def test_in_order_and_without_a_gap_however_many_write(server: str) -> None:
    """Positions are given at commit: a reader never sees a later one first and misses another."""
    reader = Reader(server, "desk.a").until_open()

    def write() -> None:
        for number in range(20):
            _publish("desk.a", number)

    assert together(*[write] * 4) == [None] * 4
    ids = [reader.next()["id"] for _ in range(80)]
    assert ids == sorted(set(ids))
    assert LiveEvent.objects.count() == 80
    reader.close()


def test_what_is_rolled_back_never_arrives(server: str) -> None:
    reader = Reader(server, "desk.a").until_open()
    with pytest.raises(RuntimeError), transaction.atomic():
        live.publish("desk.a", "test", now=NOW, number=1)
        raise RuntimeError
    _publish("desk.a", 2)
    assert reader.next()["data"] == {"number": 2}
    reader.close()


def test_a_listener_whose_connection_is_cut_comes_back_and_misses_nothing(
    server: str, owner_url: str
) -> None:
    reader = Reader(server, "desk.a").until_open()
    _publish("desk.a", 1)
    assert reader.next()["data"] == {"number": 1}
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as same_role:
        same_role.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'openrvr live' AND pid <> pg_backend_pid()"
        )
    for number in range(2, 5):
        _publish("desk.a", number)
    assert [reader.next()["data"]["number"] for _ in range(3)] == [2, 3, 4]
    reader.close()


def test_however_much_was_missed_nothing_is(server: str) -> None:
    """Read in pages: what comes after the first page is not taken for seen."""
    many = 2 * PAGE + 1
    with transaction.atomic():
        for number in range(many):
            live.publish("desk.a", "test", now=NOW, number=number)
    reader = Reader(server, "desk.a")
    assert [reader.next()["data"]["number"] for _ in range(many)] == list(range(many))
    reader.close()


def test_a_stream_ends_with_its_token(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise a token that is almost too old would open one for as long again."""
    then = time.time() - STREAM_LIFE.total_seconds() + 3
    with monkeypatch.context() as earlier:
        earlier.setattr(time, "time", lambda: then)
        token = stream_token(["desk.a"])
    assert 0 < seconds_left(token) <= 5
    with httpx.stream("GET", f"{server}/live/stream", params={"t": token}, timeout=10) as stream:
        assert "beat" in stream.read().decode()  # to its end
    assert httpx.get(f"{server}/live/stream", params={"t": token}).status_code == 401


def test_the_oldest_of_too_many_screens_makes_room(server: str) -> None:
    readers = [Reader(server, "phone.1").until_open() for _ in range(MOST_SCREENS)]
    other = Reader(server, "phone.2").until_open()
    newest = Reader(server, "phone.1").until_open()
    with pytest.raises(AssertionError, match="the stream ended"):
        readers[0].next()
    _publish("phone.1", 1)
    _publish("phone.2", 2)
    for reader in (*readers[1:], newest):
        assert reader.next()["data"] == {"number": 1}
    assert other.next()["data"] == {"number": 2}
    for reader in (*readers, newest, other):
        reader.close()


def test_a_beat_each_second(server: str) -> None:
    reader = Reader(server, "desk.a").until_open()
    timer = threading.Timer(2.5, _publish_from_a_thread)
    timer.start()
    reader.next()
    assert reader.beats >= 2
    timer.join()
    reader.close()


def _publish_from_a_thread() -> None:
    _publish("desk.a", 1)
    connection.close()


@pytest.mark.parametrize("token", ["", "garbage", "a:b:c"])
def test_no_stream_without_a_token(server: str, token: str) -> None:
    assert httpx.get(f"{server}/live/stream", params={"t": token}).status_code == 401
    other = signal_pass(uuid.uuid4())
    assert httpx.get(f"{server}/live/stream", params={"t": other}).status_code == 401


def _signal(
    server: str, token: str, key: str, data: object = None, to: str | None = None
) -> httpx.Response:
    said = {"pass": token, "id": key, "data": data, "to": to}
    return httpx.post(f"{server}/live/signal", json=said)


def _seated(*streams: str) -> tuple[uuid.UUID, list[str]]:
    """A channel with these on it, and the pass of each."""
    channel = uuid.uuid4()
    live.open_channel(channel, *streams)
    return channel, [signal_pass(seat.pk) for seat in seats(channel)]


def test_a_signal_reaches_each_other_seat_once(server: str) -> None:
    channel, (mine, *_) = _seated("person.1", "phone.1", "phone.2")
    my_seat, key = str(seats(channel)[0].pk), str(uuid.uuid4())
    readers = [Reader(server, name).until_open() for name in ("phone.1", "phone.2", "person.1")]
    for _ in range(3):
        assert _signal(server, mine, key, {"hello": True}).status_code == 202
    for reader in readers[:2]:
        event = reader.next()
        assert event["kind"] == "call.signal"
        assert event["data"] == {"call": str(channel), "by": my_seat, "data": {"hello": True}}
    assert set(LiveEvent.objects.values_list("stream", flat=True)) == {"phone.1", "phone.2"}
    assert LiveEvent.objects.count() == 2
    for reader in readers:
        reader.close()


def test_a_signal_for_one_seat_reaches_that_one(server: str) -> None:
    channel, (mine, *_) = _seated("person.1", "phone.1", "phone.2")
    _, elsewhere = seats(channel)[2], _seated("phone.3")[0]
    assert _signal(server, mine, str(uuid.uuid4()), 1, str(seats(channel)[2].pk)).is_success
    # A seat of another call, and one that is no seat: said to nobody.
    assert _signal(server, mine, str(uuid.uuid4()), 2, str(seats(elsewhere)[0].pk)).is_success
    assert _signal(server, mine, str(uuid.uuid4()), 3, str(uuid.uuid4())).is_success
    assert _signal(server, mine, str(uuid.uuid4()), 4, "phone.2").status_code == 400
    assert list(LiveEvent.objects.values_list("stream", flat=True)) == ["phone.2"]


def test_whichever_process_is_told_every_screen_hears(server: str, other_server: str) -> None:
    _, (token, _) = _seated("person.1", "phone.1")
    here = Reader(server, "phone.1").until_open()
    there = Reader(other_server, "phone.1").until_open()
    for number, at in enumerate([server, other_server]):
        assert _signal(at, token, str(uuid.uuid4()), number).status_code == 202
    for reader in (here, there):
        assert [reader.next()["data"]["data"] for _ in range(2)] == [0, 1]
        reader.close()
    # Whoever moves to the other process goes on where she was.
    again = Reader(other_server, "phone.1", last=position() - 1)
    assert again.next()["data"]["data"] == 1
    again.close()


def test_no_signal_after_the_call_or_without_a_pass(server: str) -> None:
    channel, (token, _) = _seated("person.1", "phone.1")
    live.close_channel(channel, now=NOW)
    assert _signal(server, token, str(uuid.uuid4())).status_code == 409
    assert _signal(server, stream_token(["phone.1"]), str(uuid.uuid4())).status_code == 401
    # What a page of the release before seats would send: it renews itself, like any other.
    before_seats = signing.dumps([str(channel), "phone.1"], salt="live.signal")
    assert _signal(server, before_seats, str(uuid.uuid4())).status_code == 401
    assert not LiveEvent.objects.exists()


def test_whoever_has_left_the_seat_neither_signals_nor_is_signalled_to(server: str) -> None:
    channel, (mine, gone, _) = _seated("person.1", "phone.1", "phone.2")
    live.leave_seat(channel, "phone.1", now=NOW)
    assert _signal(server, gone, str(uuid.uuid4())).status_code == 409
    assert _signal(server, mine, str(uuid.uuid4())).status_code == 202
    assert list(LiveEvent.objects.values_list("stream", flat=True)) == ["phone.2"]
    # Who comes back has a new seat, after the others; the old pass opens nothing.
    with transaction.atomic():
        again = live.take_seat(channel, "phone.1")
        assert (again.number, live.take_seat(channel, "phone.1").pk) == (3, again.pk)
    assert _signal(server, gone, str(uuid.uuid4())).status_code == 409
    assert _signal(server, signal_pass(again.pk), str(uuid.uuid4())).status_code == 202


def test_one_end_cannot_flood_the_other_nor_everybody(server: str) -> None:
    flooding, other = _seated("person.1", "phone.1")[1][0], _seated("person.2", "phone.2")[1][0]
    # All at once: on a busy machine, one after the other would be slow enough to be let in.
    with ThreadPoolExecutor(20) as senders:
        flood = lambda _: _signal(server, flooding, str(uuid.uuid4()), "x" * 30_000).status_code  # noqa: E731
        statuses = list(senders.map(flood, range(60)))
    assert set(statuses) == {202, 429}
    assert LiveEvent.objects.count() == statuses.count(202) < 45
    assert _signal(server, other, str(uuid.uuid4())).status_code == 202


def test_a_screen_opened_before_the_process_listens_misses_nothing(
    commits: None, owner_url: str
) -> None:
    name = urlsplit(owner_url).path
    hub = Hub(urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=name)))

    def publish() -> None:
        _publish("desk.a", 1)
        connection.close()

    async def one_event() -> str:
        async with hub.subscription(["desk.a"]) as subscriber:
            # Done before anything else goes on.
            with ThreadPoolExecutor(1) as beside:
                beside.submit(publish).result()
            return (await subscriber.queue.get()).text

    async def opened_early() -> str:
        early = asyncio.create_task(one_event())
        # It comes as far as it can by itself.
        await asyncio.sleep(0)
        async with asyncio.timeout(10), hub.running():
            return await early

    assert json.loads(asyncio.run(opened_early()))["data"] == {"number": 1}


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b"\xff\xfe", b'{"pass": 1, "id": "x", "data": 1}', b"x" * 70_000],
)
def test_garbage_is_refused_in_words(server: str, body: bytes) -> None:
    answer = httpx.post(f"{server}/live/signal", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_wrong_methods_are_refused(server: str) -> None:
    assert httpx.post(f"{server}/live/stream").status_code == 405
    assert httpx.get(f"{server}/live/signal").status_code == 405


def test_old_events_are_forgotten(db: None) -> None:
    live.publish("desk.a", "test", now=NOW)
    assert live.forget_old(NOW + live.KEPT) == 0
    assert live.forget_old(NOW + live.KEPT * 2) == 1
    assert position() == 0


def test_a_whisper_reaches_whoever_listens_once_and_is_kept_nowhere(server: str) -> None:
    reader = Reader(server, "person.1", "desk.a").until_open()
    _publish("desk.a", 1)
    assert reader.next()["data"] == {"number": 1}
    with transaction.atomic():
        live.whisper(["desk.a", "person.1", "desk.b"], "test.whispered", by="her")
    _publish("desk.a", 2)
    lines = list(takewhile(lambda line: '"number":2' not in line, reader._lines))
    assert lines.count("event: whisper") == 1
    assert 'data: {"kind":"test.whispered","data":{"by":"her"}}' in lines
    assert not LiveEvent.objects.filter(kind="test.whispered").exists()
    reader.close()
