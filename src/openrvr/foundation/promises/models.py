from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from openrvr.foundation.cases.models import Case
from openrvr.foundation.people.models import Account
from openrvr.foundation.people.roles import Desk
from openrvr.foundation.policy.rules import APART


class PromiseState(models.TextChoices):
    OPEN = "open", "Open"
    KEPT = "kept", "Kept"
    BROKEN = "broken", "Given up"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Promise(models.Model):
    """What is owed, to whom, who answers for it now, and when it is due."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="promises")
    kind = models.CharField(max_length=40)
    words = models.CharField(max_length=300)
    owed_to = models.CharField(max_length=60, default="the victim")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=PromiseState.choices, default=PromiseState.OPEN)
    settled_at = models.DateTimeField(null=True)
    settled_because = models.CharField(max_length=300, blank=True)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="promises"
    )
    desk = models.CharField(max_length=20, choices=Desk.choices, blank=True)

    personal_data = "names of staff; words written by staff about what is owed"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(holder__isnull=False, desk="") | (Q(holder__isnull=True) & ~Q(desk="")),
                name="promise_has_exactly_one_holder",
            ),
            models.CheckConstraint(
                condition=Q(state="open", settled_at__isnull=True)
                | (~Q(state="open") & Q(settled_at__isnull=False)),
                name="promise_settled_when_not_open",
            ),
            # A kind that is opened by the way of the case itself stands once at a time.
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=Q(state="open") & ~Q(kind__in=("follow_up", *APART)),
                name="promise_open_once_a_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="open"), name="promise_open_due"),
            models.Index(fields=["kind", "opened_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.words} ({self.state})"

    @property
    def holder_words(self) -> str:
        return self.holder.name if self.holder else Desk(self.desk).label

    @property
    def is_open(self) -> bool:
        return self.state == PromiseState.OPEN

    def is_overdue(self, now: datetime) -> bool:
        """Open and past its time. Derived, never stored."""
        return self.is_open and now > self.due_at

    @property
    def was_late(self) -> bool:
        return bool(self.settled_at and self.settled_at > self.due_at)

    def is_held_by(self, account: Account) -> bool:
        return self.holder_id == account.pk or self.desk in account.desks


class Handover(models.Model):
    """A promise passing from one who answers for it to the next."""

    promise = models.ForeignKey(Promise, models.PROTECT, related_name="handovers")
    at = models.DateTimeField()
    before = models.CharField(max_length=160, blank=True)
    after = models.CharField(max_length=160)
    by = models.CharField(max_length=160)
    why = models.CharField(max_length=300)

    personal_data = "names of staff"

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.before} -> {self.after}"


class Rung(models.Model):
    """One step of a promise's ladder: what happens, and when, unless it is settled before."""

    promise = models.ForeignKey(Promise, models.PROTECT, related_name="rungs")
    number = models.PositiveSmallIntegerField()
    does = models.CharField(max_length=30)
    due_at = models.DateTimeField()
    fired_at = models.DateTimeField(null=True)
    was_late = models.BooleanField(default=False)

    personal_data = "none"

    class Meta:
        ordering = ["promise_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["promise", "number"], name="rung_once"),
            models.CheckConstraint(
                condition=Q(fired_at__isnull=True) | Q(fired_at__gte=F("due_at")),
                name="rung_not_before_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(fired_at=None), name="rung_to_fire"),
        ]

    def __str__(self) -> str:
        return f"rung {self.number}: {self.does}"
