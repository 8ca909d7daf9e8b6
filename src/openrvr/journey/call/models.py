from __future__ import annotations

import uuid
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.db import models
from django.db.models import Q

from openrvr.foundation.cases.models import Case
from openrvr.foundation.live.models import LiveSeat
from openrvr.foundation.live.queries import seats
from openrvr.journey.invitation.models import Invitation


class EndedBy(models.TextChoices):
    OFFICER = "officer", "The officer"
    VICTIM = "victim", "The victim"
    STAFF = "staff", "The control room"


class Call(models.Model):
    """One video call between a victim and an officer; live until `ended_at`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="calls")
    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="calls")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="calls")
    plane = models.CharField(max_length=10, default="peer")
    started_at = models.DateTimeField()
    recorded_since = models.DateTimeField(null=True, help_text="By the nodes, where they do.")
    victim_sees_at = models.DateTimeField(null=True, help_text="First frame on her phone.")
    officer_sees_at = models.DateTimeField(null=True, help_text="First frame on the desk.")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=8, choices=EndedBy.choices, blank=True)

    personal_data = "who spoke with whom, and when"

    class Meta:
        constraints = [
            # Invariant 2 of the journey: a victim is never in two calls, nor an officer.
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at=None), name="call_once_a_case"
            ),
            models.UniqueConstraint(
                fields=["officer"], condition=Q(ended_at=None), name="call_once_an_officer"
            ),
        ]

    def __str__(self) -> str:
        return f"call {self.id}"

    @cached_property
    def seated(self) -> list[LiveSeat]:
        """Who is on its channel, read once for all who are told of it in one action."""
        return seats(self.pk)


class GuestKind(models.TextChoices):
    INTERPRETER = "interpreter", "Interpreter"
    SIGN_LANGUAGE = "sign_language", "Sign language interpreter"
    ADVOCATE = "advocate", "Advocate"
    APPROPRIATE_ADULT = "appropriate_adult", "Appropriate adult"
    SPECIALIST = "specialist", "Specialist"
    SUPERVISOR = "supervisor", "Supervisor"


class Guest(models.Model):
    """Somebody whom the officer asks into a call. She agrees before they can be let in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call = models.ForeignKey(Call, models.PROTECT, related_name="guests")
    number = models.PositiveSmallIntegerField(help_text="In the order in which they were asked.")
    kind = models.CharField(max_length=20, choices=GuestKind.choices)
    name = models.CharField(max_length=80, help_text="As she is told who it is.")
    organisation = models.CharField(max_length=80, blank=True)
    ring = models.CharField(max_length=120, blank=True, help_text="How else they are told.")
    listens_only = models.BooleanField(default=False, help_text="Neither seen nor heard.")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True)
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(null=True, help_text="Of the link; empty: not agreed yet.")
    opened_at = models.DateTimeField(null=True)
    device_hash = models.CharField(max_length=64, blank=True, db_index=True)
    joined_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=30, blank=True)

    personal_data = "who was in a call with a victim, and when"

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="guest_number"),
            models.CheckConstraint(
                condition=Q(joined_at=None) | Q(agreed_at__isnull=False),
                name="guest_in_only_if_she_agreed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.get_kind_display().lower()}"

    @property
    def shown_as(self) -> str:
        """As whoever is in the call reads it."""
        return ", ".join(filter(None, (self.name, self.organisation)))

    @property
    def person(self) -> str:
        """As evidence names whose picture and sound it is."""
        return f"{self.kind.replace('_', '-')}-{self.number}"

    @property
    def is_in(self) -> bool:
        return self.joined_at is not None and self.ended_at is None

    def is_too_late(self, now: datetime) -> bool:
        """Whether the link has run out before anybody opened it."""
        return bool(self.opened_at is None and self.expires_at and self.expires_at < now)


class Relief(models.Model):
    """An officer takes a call over from another, who stays in it until the other has it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call = models.ForeignKey(Call, models.PROTECT, related_name="reliefs")
    relieved = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reliefs")
    asked_at = models.DateTimeField()
    unasked = models.BooleanField(
        default=False, db_default=False, help_text="A supervisor takes it over unasked."
    )
    accepted_at = models.DateTimeField(null=True, help_text="In the call, beside the other.")
    done_at = models.DateTimeField(null=True, help_text="It is this officer's call.")
    ended_at = models.DateTimeField(null=True, help_text="It came to nothing.")

    personal_data = "which officers spoke with a victim, and when"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["call"], condition=Q(done_at=None, ended_at=None), name="relief_one_a_call"
            ),
            models.UniqueConstraint(
                fields=["officer"],
                condition=Q(done_at=None, ended_at=None),
                name="relief_one_an_officer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.officer} for {self.relieved}"


class Side(models.TextChoices):
    PHONE = "phone", "Her phone"
    DESK = "desk", "The officer's desk"


class LinkReading(models.Model):
    """What one page read of its connection over some seconds of a call: see `link.readings`."""

    id = models.UUIDField(primary_key=True, help_text="The page's own: sent twice, kept once.")
    call = models.ForeignKey(Call, models.PROTECT, related_name="link_readings")
    side = models.CharField(max_length=5, choices=Side.choices)
    at = models.DateTimeField(help_text="Its end, by the service's clock.")
    seconds = models.FloatField()
    state = models.CharField(max_length=10)
    rung = models.CharField(max_length=6)
    route = models.CharField(max_length=10)
    bars = models.PositiveSmallIntegerField()
    round_trip_ms = models.PositiveIntegerField(null=True)
    lost = models.FloatField()
    lost_there = models.FloatField()
    in_kbps = models.PositiveIntegerField()
    out_kbps = models.PositiveIntegerField()
    stood = models.FloatField()
    pictures = models.PositiveIntegerField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()

    personal_data = "none: kinds of ways, no addresses"

    class Meta:
        ordering = ["at"]
        indexes = [models.Index(fields=["call", "side", "at"]), models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.side} of {self.call_id} at {self.at:%H:%M:%S}"


class NodeRoom(models.Model):
    """What is left beside a media node for recordings, as its agent told last."""

    name = models.CharField(max_length=60, primary_key=True, help_text="As the settings have it.")
    told_at = models.DateTimeField()
    free = models.BigIntegerField(help_text="Bytes.")
    is_full = models.BooleanField(help_text="It is to get no more calls.")

    personal_data = "none"

    def __str__(self) -> str:
        return self.name


class DrainedNode(models.Model):
    """A media node that gets no more calls, since somebody is about to work on it."""

    name = models.CharField(max_length=60, primary_key=True, help_text="As the settings have it.")
    since = models.DateTimeField()
    at_once = models.BooleanField(help_text="What it has goes to another node, too.")

    personal_data = "none"

    def __str__(self) -> str:
        return self.name
