from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from openrvr.foundation.cases.states import TITLES, State

_STATES = [(state.value, TITLES[state]) for state in State]
_ON_THE_WAY = ["offered", "invited", "waiting", "live", "wrap_up"]


class Case(models.Model):
    """One report of domestic abuse, from the first word to its close."""

    reference = models.CharField(max_length=20, unique=True)
    state = models.CharField(max_length=12, choices=_STATES, default=State.REPORTED)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    # Made by the page that opened the case: a double click opens one case.
    opening_key = models.UUIDField(default=uuid.uuid4, unique=True)

    personal_data = "none of its own; the steps hold it"

    class Meta:
        indexes = [models.Index(fields=["state", "opened_at"])]

    def __str__(self) -> str:
        return self.reference

    @property
    def state_title(self) -> str:
        return TITLES[State(self.state)]

    @property
    def is_open(self) -> bool:
        return self.state != State.CLOSED


class CaseMove(models.Model):
    """One step of a case from state to state: append-only history."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="moves")
    before = models.CharField(max_length=12, choices=_STATES, blank=True)
    after = models.CharField(max_length=12, choices=_STATES)
    at = models.DateTimeField()
    by = models.CharField(max_length=160)
    reason = models.CharField(max_length=300, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    personal_data = "names of staff"

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(before__in=_ON_THE_WAY, after__in=["standard", "physical"])
                | Q(acknowledged_by__isnull=False),
                name="case_handed_on_only_with_acknowledgement",
            )
        ]

    def __str__(self) -> str:
        return f"{self.before or 'new'} -> {self.after}"
