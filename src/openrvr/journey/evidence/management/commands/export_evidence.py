"""`openrvr evidence export`: the package of one case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from openrvr.foundation.cases.models import Case
from openrvr.foundation.people.models import Account
from openrvr.foundation.refusal import Refused
from openrvr.journey.evidence.custody.chain import ChainFault
from openrvr.journey.evidence.custody.keys import KeyUnknown, NotTheKey
from openrvr.journey.evidence.custody.sealing import DoesNotOpen
from openrvr.journey.evidence.exporting import export
from openrvr.journey.evidence.masters import MasterDamaged


class Command(BaseCommand):
    help = "Writes the package of a case, with everything that is evidence in it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("reference")
        parser.add_argument("directory", type=Path)
        parser.add_argument("--by", required=True, help="User name of whoever answers for it.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            case = Case.objects.get(reference=options["reference"])
            by = Account.objects.get(username=options["by"], is_active=True)
            written = export(case, options["directory"], by=by, now=timezone.now())
        except Case.DoesNotExist:
            raise CommandError(f"There is no case {options['reference']}.") from None
        except Account.DoesNotExist:
            raise CommandError(f"There is nobody with the user name {options['by']}.") from None
        except (Refused, MasterDamaged, DoesNotOpen, ChainFault, KeyUnknown, NotTheKey) as fault:
            raise CommandError(str(fault)) from None
        except OSError as fault:
            raise CommandError(f"It cannot be read, or not be written: {fault}") from None
        self.stdout.write(str(written))
