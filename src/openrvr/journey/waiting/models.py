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


class Sign(models.TextChoices):
    ARRIVED = "arrived", "Her page is open"
    HIDDEN = "hidden", "Her page is in the background, or her phone is locked"
    SHOWN = "shown", "Her page is in front again"
    BATTERY_LOW = "battery_low", "Her battery is low"
    BATTERY_FINE = "battery_fine", "Her battery is no longer low"
    SILENT = "silent", "Her phone is silent"
    BACK = "back", "Her phone is back"
    LEFT = "left", "She left the page"


class PhoneEvent(models.Model):
    """Something that her phone told, or ceased to tell. Append-only."""

    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="phone_events")
    sign = models.CharField(max_length=12, choices=Sign.choices)
    at = models.DateTimeField()

    personal_data = "when a victim looked at her page"

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.sign} at {self.at:%H:%M:%S}"


class Phone(models.Model):
    """How her phone is now, as its page tells every few seconds."""

    invitation = models.OneToOneField(
        Invitation, models.PROTECT, primary_key=True, related_name="phone"
    )
    seen_at = models.DateTimeField()
    hidden_since = models.DateTimeField(null=True)
    battery = models.PositiveSmallIntegerField(null=True, help_text="Per cent; null: not told.")
    battery_is_low = models.BooleanField(default=False)
    silent_since = models.DateTimeField(null=True)

    personal_data = "the state of a victim's phone"

    class Meta:
        indexes = [
            models.Index(fields=["seen_at"], condition=Q(silent_since=None), name="phone_to_miss")
        ]

    def __str__(self) -> str:
        return f"phone of invitation {self.invitation_id}"
