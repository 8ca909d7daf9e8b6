"""`openrvr manage worker`: runs the jobs and watches the clocks."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from django.core.management.base import BaseCommand
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException

from openrvr.foundation.jobs.sweeping import sweep_until

# A killed worker's jobs are left in `doing`: whoever has had no heartbeat for this long has
# lost its jobs, which are then run again. Every job carries an idempotency key for that reason.
STALLED_AFTER = 5
HEARTBEAT = 1.0
POLL = 0.25


class Command(BaseCommand):
    help = "Runs the jobs and watches the clocks, until a signal."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        clocks = threading.Thread(target=sweep_until, args=(stop,), name="clocks")
        clocks.start()
        try:
            asyncio.run(_work())
        finally:
            stop.set()
            clocks.join()


async def _work() -> None:
    worker_app = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    async with worker_app.open_async():
        rescue = asyncio.create_task(_rescue_stalled(worker_app))
        try:
            await worker_app.run_worker_async(
                concurrency=4,
                fetch_job_polling_interval=POLL,
                update_heartbeat_interval=HEARTBEAT,
                stalled_worker_timeout=STALLED_AFTER,
                delete_jobs="successful",
                shutdown_graceful_timeout=3,
            )
        finally:
            rescue.cancel()


async def _rescue_stalled(worker_app: App) -> None:
    while True:
        await asyncio.sleep(1)
        try:
            stalled = await worker_app.job_manager.get_stalled_jobs(
                seconds_since_heartbeat=STALLED_AFTER
            )
            for job in stalled:
                await worker_app.job_manager.retry_job(job)
        except ConnectorException:
            # The database is away. The worker itself ends then, and is started again.
            continue
