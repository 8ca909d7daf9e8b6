from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


class LiveEvent(models.Model):
    """Something that an open screen must hear of, in one person's or desk's stream.

    `position` is given by the database at commit, in the order of the commits: a reader that has
    seen position N will never be shown a smaller one later. `key` makes publishing idempotent.
    """

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    position = models.BigIntegerField(null=True, unique=True)
    stream = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(db_index=True)

    personal_data = "addresses of the two ends of a call, for a day; otherwise ids"

    class Meta:
        indexes = [models.Index(fields=["stream", "position"])]

    def __str__(self) -> str:
        return f"{self.stream} {self.kind}"


class LiveChannel(models.Model):
    """What the browsers of one call signal on to each other, until it is closed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    closed_at = models.DateTimeField(null=True)

    personal_data = "none"

    def __str__(self) -> str:
        return f"channel {self.id}"


class LiveSeat(models.Model):
    """A stream's place on a channel. What it says goes to every other seat, or to one of them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.ForeignKey(LiveChannel, models.CASCADE, related_name="seats")
    stream = models.CharField(max_length=80)
    number = models.PositiveSmallIntegerField(help_text="In the order in which they were taken.")
    left_at = models.DateTimeField(null=True)

    personal_data = "none"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "number"], name="live_seat_number"),
            models.UniqueConstraint(
                fields=["channel", "stream"], condition=Q(left_at=None), name="live_seat_once"
            ),
        ]

    def __str__(self) -> str:
        return f"seat {self.number} of {self.channel_id}"
