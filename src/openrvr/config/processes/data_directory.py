"""The directory that holds all that one OpenRVR keeps: database, secret key, logs."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from openrvr.config.processes.errors import CannotRun


class DataInUse(CannotRun):
    def __init__(self, path: Path) -> None:
        super().__init__(
            f"Another OpenRVR is running on {path}. Stop it first, or choose another directory "
            "with --data (make demo DATA=...)."
        )


class DataNotWritable(CannotRun):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"OpenRVR cannot write to its data directory {path}: {reason}.")


@contextmanager
def locked(data: Path) -> Iterator[None]:
    """Makes `data` where it is missing and keeps every other OpenRVR out until the block ends.

    The kernel holds the lock for this process, so it is gone with the process however that ends.
    """
    try:
        data.mkdir(mode=0o711, parents=True, exist_ok=True)
        descriptor = os.open(data / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise DataNotWritable(data, error.strerror or str(error)) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise DataInUse(data) from None
    try:
        yield
    finally:
        os.close(descriptor)
