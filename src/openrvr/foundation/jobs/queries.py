"""Whether the parts of the service are there: what `/healthz` says."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from psycopg_pool import PoolTimeout

from openrvr.foundation.jobs.models import WorkerBeat

# The worker beats four times a second; a sweep may take long once.
FRESH = timedelta(seconds=5)


def not_ready(now: datetime) -> list[str]:
    """The parts that are not ready, each in a sentence; empty when all is well."""
    try:
        if missing := _missing_migrations():
            return [f"The database lacks {missing} migrations: run `openrvr migrate`."]
        beat = WorkerBeat.objects.order_by("-at").values_list("at", flat=True).first()
    except (DatabaseError, InterfaceError, PoolTimeout):
        return ["The database does not answer."]
    if beat is None or now - beat > FRESH:
        return ["The worker is not running, or one of its clocks fails: its log says which."]
    return []


def _missing_migrations() -> int:
    applied = MigrationRecorder(connection).migration_qs.values_list("app", "name")
    return len(_shipped_migrations() - set(applied))


@lru_cache(maxsize=1)
def _shipped_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)
