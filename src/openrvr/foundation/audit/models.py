from __future__ import annotations

import uuid

from django.db import models


class AuditLine(models.Model):
    """One line of the access log: who did or looked at what, and when.

    The application's database role may insert and read, nothing else. `case_reference` is text
    and not a key: the log outlives what it is about.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=64)
    actor_label = models.CharField(max_length=160)
    action = models.CharField(max_length=60)
    case_reference = models.CharField(max_length=20, blank=True)
    details = models.JSONField(default=dict)

    personal_data = "names of staff; never the content of a report"

    class Meta:
        indexes = [
            models.Index(fields=["case_reference", "at"]),
            models.Index(fields=["actor_id", "case_reference", "action", "at"]),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor_label}: {self.action}"


class AuditSeal(models.Model):
    """A line's place in the hash chain. Written by the database at commit, by nobody else.

    hash = SHA-256(previous hash || the line's canonical text); the order is that of the commits.
    """

    position = models.BigIntegerField(primary_key=True)
    line = models.OneToOneField(AuditLine, on_delete=models.DO_NOTHING, related_name="seal")
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    personal_data = "none"

    def __str__(self) -> str:
        return f"seal {self.position}"
