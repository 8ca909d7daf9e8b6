"""Watching the clocks: what is due is looked for in its own rows, four times a second.

A sweep is a function of the present instant that does everything that is due and returns how
much that was. The row is the truth; nothing here remembers, so a crash, a second worker, an
outage or a clock that jumps changes nothing but the delay.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone
from psycopg_pool import PoolTimeout

from openrvr.foundation.jobs.models import WorkerBeat

log = logging.getLogger(__name__)

EVERY = 0.25
RARELY_EVERY = 240  # sweeps, so once a minute
Sweep = Callable[[datetime], int]

_first: list[Sweep] = []
_often: list[Sweep] = []
_rarely: list[Sweep] = []


def use(
    *, often: tuple[Sweep, ...], rarely: tuple[Sweep, ...], first: tuple[Sweep, ...] = ()
) -> None:
    """Set what is swept, what is tidied up, and what is done once at the start of a worker.

    The table is in `config/subscriptions.py`.
    """
    _first[:], _often[:], _rarely[:] = first, often, rarely


def sweep_once(now: datetime) -> int:
    """Do everything that is due at `now`; returns how much that was."""
    return sum(sweep(now) for sweep in _often)


def sweep_until(stop: threading.Event) -> None:
    """Sweep until told to stop. A database that is away is waited for.

    A sweep that fails stops no other clock; while it fails the worker does not beat, so that
    `/healthz` says so.
    """
    rounds, failing, first = 0, frozenset[Sweep](), tuple(_first)
    while not stop.wait(EVERY):
        try:
            now = timezone.now()
            todo = (*first, *_often, *(_rarely if rounds % RARELY_EVERY == 0 else ()))
            failing = failing.difference(todo) | _failing_of(todo, now, known=failing)
            # What a restored backup has brought back is put right once, and until it is.
            first = tuple(sweep for sweep in first if sweep in failing)
            rounds += 1
            if not failing:
                WorkerBeat.objects.update_or_create(name="worker", defaults={"at": now})
        except (OperationalError, InterfaceError, PoolTimeout) as error:
            log.warning("the sweep lost its database, trying again: %s", error)
        finally:
            connection.close()


def _failing_of(
    sweeps: Iterable[Sweep], now: datetime, *, known: frozenset[Sweep]
) -> frozenset[Sweep]:
    """Runs each; returns those that failed. A fault that lasts is told when it begins."""
    failing = set()
    for sweep in sweeps:
        try:
            sweep(now)
        except (OperationalError, InterfaceError, PoolTimeout):
            raise  # The database is away for all of them.
        except Exception:
            failing.add(sweep)
            if sweep not in known:
                log.exception("%s fails; the other clocks go on", sweep.__name__)
    return frozenset(failing)
