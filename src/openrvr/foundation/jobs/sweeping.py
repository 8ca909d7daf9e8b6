"""Watching the clocks: what is due is looked for in its own rows, four times a second.

A sweep is a function of the present instant that does everything that is due and returns how
much that was. The row is the truth; nothing here remembers, so a crash, a second worker, an
outage or a clock that jumps changes nothing but the delay.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from django.db import DatabaseError, InterfaceError, connection
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
    return _each(_often, now)


def begin(now: datetime) -> int:
    """Put right what a backup that was restored has brought back; returns how much that was."""
    return _each(_first, now)


def tidy(now: datetime) -> int:
    """Delete what nobody needs any more; returns how many rows."""
    return _each(_rarely, now)


def _each(sweeps: list[Sweep], now: datetime) -> int:
    """Every sweep, whatever becomes of the one before: a fault in one must stop no other clock."""
    done = 0
    for sweep in sweeps:
        try:
            done += sweep(now)
        except (DatabaseError, InterfaceError, PoolTimeout):
            raise  # The database is away for all of them.
        except Exception:
            log.exception("the sweep %s failed; the others go on", sweep.__name__)
    return done


def sweep_until(stop: threading.Event) -> None:
    """Sweep until told to stop. A database that is away is waited for."""
    rounds, begun = 0, False
    while not stop.wait(EVERY):
        try:
            now = timezone.now()
            if not begun:
                begin(now)
                begun = True
            sweep_once(now)
            if rounds % RARELY_EVERY == 0:
                tidy(now)
            rounds += 1
            WorkerBeat.objects.update_or_create(name="worker", defaults={"at": now})
        except (DatabaseError, InterfaceError, PoolTimeout) as error:
            log.warning("the sweep lost its database, trying again: %s", error)
        finally:
            connection.close()
