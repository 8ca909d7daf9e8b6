"""`openrvr media drain` and `openrvr media back`: a node, out of use and in again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from openrvr.foundation.people.models import Account
from openrvr.foundation.refusal import Refused
from openrvr.journey.call.media import actions


class Command(BaseCommand):
    help = "Takes a media node out of use, or back in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["drain", "back"])
        parser.add_argument("name")
        parser.add_argument("--at-once", action="store_true")
        parser.add_argument("--by", required=True, help="User name of whoever answers for it.")

    def handle(self, *args: Any, **options: Any) -> None:
        name, now = options["name"], timezone.now()
        try:
            by = Account.objects.get(username=options["by"], is_active=True)
            if options["what"] == "drain":
                actions.drain(name, at_once=options["at_once"], by=by, now=now)
            else:
                actions.bring_back(name, by=by, now=now)
        except Account.DoesNotExist:
            raise CommandError(f"There is nobody with the user name {options['by']}.") from None
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{name}: noted. `openrvr check` says how many calls it still has.")
