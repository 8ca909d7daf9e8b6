"""`openrvr manage verify_log`: recomputes the access log's hash chain."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from openrvr.foundation.audit.queries import verify


class Command(BaseCommand):
    help = "Verifies the access log; prints its length and last hash, or the first fault."

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = verify()
        if not verdict.is_whole:
            raise CommandError(f"The access log is not whole: {verdict.fault}.")
        self.stdout.write(f"{verdict.lines} lines, whole. Last hash: {verdict.head}")
