from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from openrvr.foundation.cases.models import Case


class Answer(models.TextChoices):
    UNKNOWN = "unknown", "Not asked"
    YES = "yes", "Yes"
    NO = "no", "No"


class SafeContact(models.Model):
    """How a victim may be reached, as it was said at one time. Append-only: the last is in force.

    Everything that ever sends obeys it (invariant 6). What was said and could not be understood is
    kept as what nothing may be sent by.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="safe_contacts")
    version = models.PositiveIntegerField(default=1)
    number = models.CharField(max_length=20, blank=True, help_text="E.164; empty: not known yet.")
    may_text = models.CharField(max_length=8, choices=Answer.choices, default=Answer.UNKNOWN)
    may_ring = models.CharField(max_length=8, choices=Answer.choices, default=Answer.UNKNOWN)
    may_leave_message = models.CharField(
        max_length=8, choices=Answer.choices, default=Answer.UNKNOWN
    )
    others_read = models.CharField(
        max_length=8,
        choices=Answer.choices,
        default=Answer.UNKNOWN,
        help_text="Whether somebody else may read this phone.",
    )
    hours = models.CharField(
        max_length=300, blank=True, help_text="As hours.in_one_form; empty: the policy's hours."
    )
    hours_are_clear = models.BooleanField(default=True)
    wording = models.CharField(max_length=30, blank=True, help_text="Empty: the policy's first.")
    by = models.CharField(max_length=160, blank=True)
    at = models.DateTimeField()

    personal_data = "the victim's telephone number, and how and when it is safe to use it"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "version"], name="contact_versions_in_a_row")
        ]

    def __str__(self) -> str:
        return f"safe contact of case {self.case_id}, version {self.version}"


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
    language = models.CharField(max_length=8, default="en", help_text="Of the words asked for.")
    link = models.CharField(max_length=200, blank=True, help_text="Until it is handed over.")
    sent_under = models.ForeignKey(
        SafeContact,
        models.PROTECT,
        null=True,
        related_name="messages",
        help_text="The rules under which it was handed over.",
    )
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

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("queued", "cancelled")) | Q(sent_under__isnull=False),
                name="message_sent_under_rules",
            )
        ]

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
