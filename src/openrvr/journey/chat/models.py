from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from openrvr.journey.invitation.models import Invitation

LONGEST = 1000


class Side(models.TextChoices):
    VICTIM = "victim", "She"
    CALL_TAKER = "call_taker", "Call-taker"
    OFFICER = "officer", "Officer"


class Line(models.Model):
    """Something that was written, on one of the sides of a thread. Append-only.

    Ids ascend within a thread in the order of what was said. `key` is of the page that sent it: a
    line that is sent again, because the answer was lost, stands once.
    """

    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="lines")
    side = models.CharField(max_length=10, choices=Side.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    key = models.UUIDField()
    at = models.DateTimeField()
    words = models.CharField(max_length=LONGEST)

    personal_data = "what a victim and the staff write to each other"

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["invitation", "side", "key"], name="line_said_once"),
            models.CheckConstraint(
                condition=Q(side="victim", by__isnull=True)
                | (~Q(side="victim") & Q(by__isnull=False)),
                name="line_of_staff_has_a_name",
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.pk} of {self.invitation_id}"


class LineShown(models.Model):
    """A page of another side than the writer's showed a line, for the first time. Append-only."""

    line = models.ForeignKey(Line, models.PROTECT, related_name="shown")
    to = models.CharField(max_length=10, choices=Side.choices)
    at = models.DateTimeField()

    personal_data = "when a victim, or staff, had a line on the screen"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "to"], name="line_shown_once_to_a_side"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} shown to {self.to}"
