"""A PostgreSQL URL in the form that Django takes."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def database(url: str) -> dict[str, Any]:
    """Django's settings for a URL; `host` in its query names a socket's directory."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", unquote(parts.hostname or "")),
        "PORT": str(query.get("port", parts.port or "")),
        # The pool makes persistent connections unnecessary, and the health check survives a
        # restart of the database: without it 2 requests of 30 failed after one.
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": 12, "timeout": 4, "max_lifetime": 1800},
            "application_name": "openrvr",
        },
    }
