"""Doing things at the same moment, from threads that each have a connection of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection


def together(*actions: Callable[[], Any]) -> list[Any]:
    """Start all `actions` at once; each result is what it returned, or the exception it raised."""
    start = threading.Barrier(len(actions))

    def run(action: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            start.wait(timeout=10)
            return action()
        except Exception as error:  # noqa: BLE001 - handed to the test, which looks at it
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))
