"""The clocks: one that fails stops no other, and is not passed over in silence."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import IntegrityError
from django.test import Client

from openrvr.config import subscriptions
from openrvr.foundation.jobs import sweeping
from openrvr.foundation.jobs.models import WorkerBeat


@pytest.fixture
def clocks(commits: None) -> Iterator[None]:
    yield
    subscriptions.subscribe()


def run_until(stop: threading.Event) -> None:
    running = threading.Thread(target=sweeping.sweep_until, args=(stop,))
    running.start()
    running.join(30)
    assert not running.is_alive()


@pytest.mark.parametrize("fault", [ValueError("junk"), IntegrityError("junk")], ids=["code", "row"])
def test_a_clock_that_fails_stops_no_other_and_the_worker_is_not_well(
    clocks: None, client: Client, fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    stop, turns = threading.Event(), 0

    def fails(_: datetime) -> int:
        raise fault

    def goes_on(_: datetime) -> int:
        nonlocal turns
        turns += 1
        if turns == 3:
            stop.set()
        return 0

    sweeping.use(first=(fails,), often=(fails, goes_on), rarely=())
    run_until(stop)
    assert turns == 3
    assert not WorkerBeat.objects.exists()
    assert client.get("/healthz").status_code == 503
    assert sum("the other clocks go on" in line for line in caplog.messages) == 2


def test_what_is_put_right_at_the_start_is_tried_until_it_is(clocks: None) -> None:
    stop, tries = threading.Event(), 0

    def first(_: datetime) -> int:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise ValueError("not yet")
        return 1

    def rest(_: datetime) -> int:
        if WorkerBeat.objects.exists():
            stop.set()
        return 0

    sweeping.use(first=(first,), often=(rest,), rarely=())
    run_until(stop)
    assert tries == 2
