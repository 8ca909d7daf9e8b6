from __future__ import annotations

import uuid

from django.db import models

from openrvr.foundation.cases.models import Case


class SafeContact(models.Model):
    """How a victim may be reached. Everything that ever sends obeys it (invariant 6)."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="safe_contact")
    number = models.CharField(max_length=20, blank=True, help_text="E.164; empty: not known yet.")
    may_text = models.BooleanField(default=False)
    texts_from = models.CharField(max_length=5, blank=True, help_text="Empty: the policy's hours.")
    texts_until = models.CharField(max_length=5, blank=True)

    personal_data = "the victim's telephone number and when it is safe to use it"

    def __str__(self) -> str:
        return f"safe contact of case {self.case_id}"


class MessageState(models.TextChoices):
    QUEUED = "queued", "Queued"
    SENDING = "sending", "Being handed over"
    ACCEPTED = "accepted", "Accepted by the network"
    DELIVERED = "delivered", "Delivered"
    PERMANENT_FAILURE = "permanent_failure", "The number does not exist"
    TEMPORARY_FAILURE = "temporary_failure", "The phone is off or full"
    TECHNICAL_FAILURE = "technical_failure", "The text service failed"
    CANCELLED = "cancelled", "Not sent"


FAILED = (
    MessageState.PERMANENT_FAILURE,
    MessageState.TEMPORARY_FAILURE,
    MessageState.TECHNICAL_FAILURE,
)


class Message(models.Model):
    """A text to a victim: durable before it is sent, retried, with a final and visible failure."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="messages")
    purpose = models.CharField(max_length=20)
    number = models.CharField(max_length=20)
    words = models.CharField(max_length=400)
    state = models.CharField(
        max_length=20, choices=MessageState.choices, default=MessageState.QUEUED
    )
    trouble = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    provider = models.CharField(max_length=20, blank=True)
    provider_reference = models.CharField(max_length=80, blank=True, db_index=True)
    created_at = models.DateTimeField()
    handed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    personal_data = "the victim's telephone number; a link that is used once"

    def __str__(self) -> str:
        return f"{self.purpose} ({self.state})"

    @property
    def has_failed(self) -> bool:
        return self.state in FAILED


class DemoText(models.Model):
    """A text on the demo's phone."""

    message = models.OneToOneField(Message, models.CASCADE)
    number = models.CharField(max_length=20, db_index=True)
    words = models.CharField(max_length=400)
    at = models.DateTimeField()

    personal_data = "none: the demo only"

    def __str__(self) -> str:
        return self.words
