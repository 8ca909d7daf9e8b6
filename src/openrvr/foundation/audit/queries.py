"""Reading and verifying the access log."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

GENESIS = bytes(32)

# Every part as text, so that the hash can be recomputed without PostgreSQL's own types.
_LINES = """
    SELECT s.position, s.previous_hash, s.hash, audit_canonical(l), l.id IS NULL
      FROM audit_auditseal s LEFT JOIN audit_auditline l ON l.id = s.line_id
     ORDER BY s.position
"""


@dataclass(frozen=True)
class Verdict:
    """What verifying the chain found: its length, its last hash, and the first fault, if any."""

    lines: int
    head: str
    fault: str = ""

    @property
    def is_whole(self) -> bool:
        return not self.fault


def verify() -> Verdict:
    """Recompute the whole chain from the lines; names the first line that does not fit."""
    expected, position = GENESIS, 0
    for position, previous, stored, canonical, missing in _sealed_lines():
        if missing:
            return Verdict(position, expected.hex(), f"line {position} is missing")
        if bytes(previous) != expected:
            return Verdict(
                position, expected.hex(), f"line {position} does not follow its previous"
            )
        expected = hashlib.sha256(expected + canonical.encode()).digest()
        if bytes(stored) != expected:
            return Verdict(position, expected.hex(), f"line {position} was altered")
    if unsealed := _count_unsealed():
        return Verdict(position, expected.hex(), f"{unsealed} lines have no place in the chain")
    return Verdict(position, expected.hex())


def _sealed_lines() -> Iterator[tuple[int, bytes, bytes, str, bool]]:
    with connection.cursor() as cursor:
        cursor.execute(_LINES)
        counted = 0
        while rows := cursor.fetchmany(2000):
            for row in rows:
                counted += 1
                if row[0] != counted:
                    # A gap in the numbers: a line and its seal were both removed.
                    yield counted, b"", b"", "", True
                    return
                yield row


def _count_unsealed() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM audit_auditline l"
            " WHERE NOT EXISTS (SELECT 1 FROM audit_auditseal s WHERE s.line_id = l.id)"
        )
        return int(cursor.fetchone()[0])
