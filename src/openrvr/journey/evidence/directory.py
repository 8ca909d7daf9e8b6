"""Evidence in a directory: what was stored is on the disk, whole, before anything says so."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

# The database may live on the same disk, and stops when it is full: evidence leaves it this much.
RESERVE = 256 * 1024 * 1024


class DurableDirectory(FileSystemStorage):
    """Django's storage in a directory, with each file synced, and named only when it is whole.

    Raises OSError (ENOSPC) rather than fill the disk's last `RESERVE` bytes.
    """

    def _save(self, name: str, content: File) -> str:  # type: ignore[type-arg]
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(path.parent).free < RESERVE:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            with draft.open("xb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            os.link(draft, path)  # Atomic, and never over a file that is there.
        finally:
            draft.unlink(missing_ok=True)
        _sync_directory(path.parent)
        return name


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
