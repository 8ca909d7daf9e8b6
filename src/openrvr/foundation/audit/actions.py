"""Writing the access log: explicit lines, from inside the action that they are about."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from openrvr.foundation.audit.models import AuditLine
from openrvr.foundation.people.actors import Actor
from openrvr.foundation.unit_of_work import write

# A console refreshes by itself while it is open: one line says that somebody went on looking.
LOOK_AGAIN = timedelta(minutes=5)


def record(
    action: str, *, by: Actor, now: datetime, case_reference: str = "", **details: Any
) -> None:
    """Add a line in the caller's transaction: what is rolled back was not done.

    `details` must never hold what a victim said or wrote, only what was done to it.
    """
    write(
        AuditLine(
            at=now,
            actor_kind=by.kind,
            actor_id=by.id,
            actor_label=by.label,
            action=action,
            case_reference=case_reference,
            details=details,
        )
    )


def looked(at_what: str, *, by: Actor, now: datetime, case_reference: str = "") -> None:
    """Record that somebody consulted a case or a list (Data Protection Act 2018, s.62).

    A page that stays open and refreshes itself adds a line every five minutes, not each second.
    """
    seen_just_now = AuditLine.objects.filter(
        actor_id=by.id,
        case_reference=case_reference,
        action=at_what,
        at__gt=now - LOOK_AGAIN,
        at__lte=now,
    )
    if not seen_just_now.exists():
        record(at_what, by=by, now=now, case_reference=case_reference)
