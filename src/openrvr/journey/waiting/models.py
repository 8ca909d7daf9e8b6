from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from openrvr.foundation.cases.models import Case
from openrvr.journey.invitation.models import Invitation


class Duty(models.Model):
    """An officer's time on duty for video: open while `until` is empty."""

    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="duties")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    rested_since = models.DateTimeField(help_text="When the last call or ring ended.")
    engaged = models.BooleanField(default=False, help_text="In a call.")

    personal_data = "working times of staff"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["officer"], condition=Q(until=None), name="duty_once_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.officer} since {self.since:%H:%M}"


class Left(models.TextChoices):
    ANSWERED = "answered", "Answered"
    LEFT = "left", "She left"
    HANDED_ON = "handed_on", "Handed on"


class Waiting(models.Model):
    """A victim with her camera on, waiting for an officer: durable, until `left_at`."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="waitings")
    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="waitings")
    since = models.DateTimeField()
    promised_by = models.DateTimeField()
    urgency = models.PositiveSmallIntegerField(help_text="0 is the most urgent grade.")
    language = models.CharField(max_length=8)
    round = models.PositiveSmallIntegerField(default=1)
    supervisors_told_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    left = models.CharField(max_length=10, choices=Left.choices, blank=True)

    personal_data = "a victim's language and when she waited"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(left_at=None), name="waiting_once_at_a_time"
            )
        ]
        indexes = [
            models.Index(
                fields=["promised_by"], condition=Q(left_at=None), name="waiting_by_promise"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case} waiting since {self.since:%H:%M:%S}"


class RingEnd(models.TextChoices):
    ANSWERED = "answered", "Answered"
    NO_ANSWER = "no_answer", "No answer"
    PASSED_ON = "passed_on", "Passed on"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Ring(models.Model):
    """One officer being rung for one waiting victim."""

    waiting = models.ForeignKey(Waiting, models.PROTECT, related_name="rings")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="rings")
    round = models.PositiveSmallIntegerField()
    channel = models.UUIDField(default=uuid.uuid4, help_text="Of the call, if this is answered.")
    at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=10, choices=RingEnd.choices, blank=True)

    personal_data = "how staff answered"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["waiting"], condition=Q(ended_at=None), name="ring_one_officer_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["officer"], condition=Q(ended_at=None), name="ring_an_officer_once"
            ),
        ]
        indexes = [
            models.Index(fields=["until"], condition=Q(ended_at=None), name="ring_to_pass_on")
        ]

    def __str__(self) -> str:
        return f"{self.officer} rung at {self.at:%H:%M:%S}"
