"""A database for a command that runs outside `openrvr serve`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from openrvr.config.processes.data_directory import DataInUse, locked
from openrvr.config.processes.embedded_postgres import Cluster, running


@contextmanager
def reachable_database(data: Path) -> Iterator[None]:
    """Puts the embedded database's addresses into the environment until the block ends.

    Starts it for as long, unless a running OpenRVR has. Does nothing where the environment names a
    server, or where there is no embedded database yet.
    """
    cluster = Cluster(data / "postgresql")
    if "DATABASE_URL" in os.environ or not cluster.exists:
        yield
        return
    os.environ.update(cluster.environment())
    try:
        with locked(data), running(cluster, data / "logs" / "postgresql.log"):
            yield
    except DataInUse:
        yield
