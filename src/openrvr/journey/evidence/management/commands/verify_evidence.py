"""`openrvr manage verify_evidence`: everything that is kept, held against what was receipted."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from openrvr.journey.evidence.auditing import faults
from openrvr.journey.evidence.models import Exhibit


class Command(BaseCommand):
    help = "Verifies every custody log, every row and everything stored; names what is wrong."

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        for reference, fault in faults():
            found += 1
            self.stderr.write(f"{reference}: {fault}")
        if found:
            raise CommandError(f"{found} exhibits are not as they were receipted.")
        self.stdout.write(f"{Exhibit.objects.count()} exhibits are as they were receipted.")
