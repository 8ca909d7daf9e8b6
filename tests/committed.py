"""What the database does at commit, inside a test that is rolled back."""

from __future__ import annotations

from django.db import connection


def commit() -> None:
    """Run the deferred triggers now: seals, positions, and invariant 1."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
