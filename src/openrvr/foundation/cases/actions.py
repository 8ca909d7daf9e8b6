"""Opening a case and moving it. One function moves a state, under the case's row lock."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import connection

from openrvr.foundation.audit import actions as audit
from openrvr.foundation.cases.models import Case, CaseMove
from openrvr.foundation.cases.states import TITLES, State, allowed, needs_acknowledgement
from openrvr.foundation.live import actions as live
from openrvr.foundation.people.actors import Actor
from openrvr.foundation.people.models import Account
from openrvr.foundation.refusal import Refused
from openrvr.foundation.unit_of_work import unit_of_work


class MoveRefused(Refused):
    """The case is not in a state from which this can be done."""

    def __init__(self, case: Case, after: State) -> None:
        super().__init__(
            f"{case.reference} is at “{case.state_title}”: it cannot go to"
            f" “{TITLES[after]}” from there. The page has been brought up to date."
        )


class NobodyAcknowledged(Refused):
    """A victim would be handed on and no person said that they have it."""

    def __init__(self) -> None:
        super().__init__("Somebody must acknowledge this before the case is handed on.")


def lock(case_id: int) -> Case:
    """The case, locked to the end of the transaction.

    Every action on a case takes this lock first, before any other row: that order is what keeps
    actions from waiting for each other in a circle.
    """
    return lock_where(pk=case_id)


def lock_where(**of_case: object) -> Case:
    """`lock`, by whatever one case has: `lock_where(waitings=7)`. Raises Case.DoesNotExist."""
    return Case.objects.select_for_update(of=("self",)).get(**of_case)


@unit_of_work()
def open_case(*, by: Account, now: datetime, key: uuid.UUID) -> tuple[Case, bool]:
    """A new case, or the one that the same `key` opened before; and whether it is new."""
    case, new = Case.objects.get_or_create(
        opening_key=key,
        defaults={"reference": _next_reference(now), "opened_at": now, "opened_by": by},
    )
    if new:
        CaseMove.objects.create(case=case, after=State.REPORTED, at=now, by=by.name)
        audit.record("case.opened", by=by.actor, now=now, case_reference=case.reference)
        tell_changed(case, now=now)
    return case, new


def move(
    case: Case,
    after: State,
    *,
    by: Actor,
    now: datetime,
    reason: str = "",
    acknowledged_by: Account | None = None,
) -> None:
    """Move a case that the caller has locked.

    Raises MoveRefused where the table has no such step, NobodyAcknowledged where invariant 3
    wants a person and there is none.
    """
    before = State(case.state)
    if not allowed(before, after):
        raise MoveRefused(case, after)
    if needs_acknowledgement(before, after) and acknowledged_by is None:
        raise NobodyAcknowledged
    case.state = after
    if after is State.CLOSED:
        case.closed_at = now
    case.save(update_fields=["state", "closed_at"])
    CaseMove.objects.create(
        case=case,
        before=before,
        after=after,
        at=now,
        by=by.label,
        reason=reason,
        acknowledged_by=acknowledged_by,
    )
    audit.record(
        "case.moved",
        by=by,
        now=now,
        case_reference=case.reference,
        before=before,
        after=after,
    )
    tell_changed(case, now=now)


def tell_changed(case: Case, *, now: datetime) -> None:
    """Let every open screen that shows the case read it again."""
    live.tell_desks("case.changed", now=now, reference=case.reference)


def _next_reference(now: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('case_reference')")
        return f"RVR-{now:%y}-{cursor.fetchone()[0]:06d}"
