"""Reading promises; compliance is a query on the same table, not a second set of books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet

from openrvr.foundation.cases.models import Case
from openrvr.foundation.people.models import Account
from openrvr.foundation.policy.rules import APART
from openrvr.foundation.promises.models import Promise, PromiseState


def open_on(case: Case) -> QuerySet[Promise]:
    """The case's open promises to her, soonest first; what is owed to the law stands apart."""
    return _open().filter(case=case).exclude(kind__in=APART)


def answered_for_by(account: Account) -> QuerySet[Promise]:
    """What this person, or one of her desks, answers for; soonest first."""
    return _open().filter(Q(holder=account) | Q(desk__in=account.desks))


def of_desk_alone(case: Case) -> QuerySet[Promise]:
    """Open promises of the case that no named person answers for."""
    return open_on(case).filter(holder=None)


def overdue(now: datetime) -> QuerySet[Promise]:
    """Open promises whose time has passed, oldest first."""
    return _open().filter(due_at__lt=now)


def _open() -> QuerySet[Promise]:
    return (
        Promise.objects.filter(state=PromiseState.OPEN)
        .select_related("case", "holder")
        .order_by("due_at")
    )


@dataclass(frozen=True)
class Compliance:
    """How a kind of promise was kept among those due in a period. Withdrawn ones do not count."""

    kept_in_time: int
    kept_late: int
    broken: int
    overdue: int

    @property
    def share_in_time(self) -> float | None:
        """Kept in time, of all that were due; None where none was."""
        owed = self.kept_in_time + self.kept_late + self.broken + self.overdue
        return self.kept_in_time / owed if owed else None


def compliance(kind: str, *, since: datetime, until: datetime, now: datetime) -> Compliance:
    """How promises of `kind` that were due in [since, until) were kept, as of `now`."""
    due = Promise.objects.filter(kind=kind, due_at__gte=since, due_at__lt=until)
    kept = Q(state=PromiseState.KEPT)
    counts = due.aggregate(
        kept_in_time=Count("pk", filter=kept & Q(settled_at__lte=F("due_at"))),
        kept_late=Count("pk", filter=kept & Q(settled_at__gt=F("due_at"))),
        broken=Count("pk", filter=Q(state=PromiseState.BROKEN)),
        overdue=Count("pk", filter=Q(state=PromiseState.OPEN, due_at__lt=now)),
    )
    return Compliance(**counts)
