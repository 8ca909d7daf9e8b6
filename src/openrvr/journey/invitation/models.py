from __future__ import annotations

import hmac
import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from openrvr.foundation.cases.models import Case
from openrvr.foundation.messages.models import Message
from openrvr.journey.invitation.rungs import Rung, Why, staff_words
from openrvr.journey.invitation.troubles import Trouble, known


class Invitation(models.Model):
    """A link that was sent to a victim: single use, bound to the first phone that opens it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    message = models.OneToOneField(Message, models.PROTECT, null=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    device_hash = models.CharField(max_length=64, blank=True, db_index=True)
    camera_ready_at = models.DateTimeField(null=True)
    microphone_ready_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=200, blank=True, help_text="What her page reports.")
    rung = models.CharField(max_length=8, default=Rung.VIDEO.value)
    rung_why = models.CharField(max_length=16, default=Why.CHOSEN.value)
    rung_since = models.DateTimeField(null=True)
    on_phone = models.BooleanField(
        null=True, help_text="Still in the phone call that brought her here; empty: not said yet."
    )
    language = models.CharField(max_length=8, default="en", help_text="Of her pages.")
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=60, blank=True)

    personal_data = "when a victim opened her link, what her phone can do, her language"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at=None), name="invitation_one_alive_a_case"
            )
        ]

    def __str__(self) -> str:
        return f"invitation {self.id}"

    @property
    def is_alive(self) -> bool:
        return self.ended_at is None

    @property
    def rung_words(self) -> str:
        """On which rung of the ladder she is, and why, for the staff; empty on video."""
        return staff_words(Rung(self.rung), Why(self.rung_why))

    @property
    def trouble_words(self) -> str:
        """What is wrong with her phone, in the one line that staff read; empty when nothing is."""
        trouble = known(self.trouble)
        return Trouble(trouble).label if trouble else ""

    def can_be_opened(self, now: datetime) -> bool:
        return self.is_alive and self.opened_at is None and now < self.expires_at

    def is_bound_to(self, device_hash: str) -> bool:
        return self.is_alive and hmac.compare_digest(self.device_hash, device_hash)


class OpeningAttempts(models.Model):
    """How many links that do not exist one address has tried in one minute."""

    address_hash = models.CharField(max_length=64)
    minute = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    personal_data = "a keyed hash of a network address, for an hour"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["address_hash", "minute"], name="attempts_a_minute")
        ]

    def __str__(self) -> str:
        return f"{self.count} attempts"
