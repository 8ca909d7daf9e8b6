"""`openrvr manage seed_demo`: a demo force, and a few reports on their way."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from openrvr.consoles.demo.reports import seed_reports
from openrvr.consoles.demo.seats import SEATS
from openrvr.foundation.cases.models import Case


class Command(BaseCommand):
    help = "Makes the demo force and its reports, once; does nothing where they are there."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is not a demo: start it with `openrvr demo`.")
        with transaction.atomic():
            accounts = {seat.slug: seat.account() for seat in SEATS}
            if not Case.objects.exists():
                seed_reports(accounts, timezone.now())
