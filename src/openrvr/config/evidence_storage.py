"""Where evidence is stored: a directory, or a bucket of a server that speaks S3."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from openrvr.config.processes.errors import CannotRun


class StorageUnusable(CannotRun):
    def __init__(self, given: str) -> None:
        super().__init__(
            f"OPENRVR_EVIDENCE_STORAGE is {given!r}: a directory, or s3://BUCKET/PREFIX."
        )


def evidence_storage(data: Path) -> dict[str, Any]:
    """The entry of Django's STORAGES. Raises StorageUnusable.

    S3's address and keys are boto3's own: AWS_ENDPOINT_URL_S3, AWS_ACCESS_KEY_ID and so on.
    """
    given = os.environ.get("OPENRVR_EVIDENCE_STORAGE", "")
    if "://" not in given:
        directory = Path(given).resolve() if given else data / "evidence"
        return {
            "BACKEND": "openrvr.journey.evidence.directory.DurableDirectory",
            "OPTIONS": {"location": directory, "directory_permissions_mode": 0o700},
        }
    parts = urlsplit(given)
    if parts.scheme != "s3" or not parts.netloc:
        raise StorageUnusable(given)
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": parts.netloc,
            "location": parts.path.strip("/"),
            "default_acl": None,
            "querystring_auth": True,
            "file_overwrite": True,  # Names are random: asking first costs a request.
        },
    }
