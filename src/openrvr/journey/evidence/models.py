from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from openrvr.foundation.cases.models import Case
from openrvr.journey.call.models import Call
from openrvr.journey.invitation.models import Invitation


class Kind(models.TextChoices):
    RECORDING = "recording", "Recording of the call"


class RecordingNotice(models.Model):
    """She was told that the call is recorded: in which words, and when she went on."""

    invitation = models.OneToOneField(
        Invitation, models.PROTECT, related_name="recording_notice", primary_key=True
    )
    words = models.TextField()
    language = models.CharField(max_length=8)
    policy_version = models.CharField(max_length=60)
    told_at = models.DateTimeField()

    personal_data = "that and when a victim was told of the recording"

    def __str__(self) -> str:
        return f"told {self.told_at:%Y-%m-%d %H:%M:%S}"


class Exhibit(models.Model):
    """One thing that is kept as evidence, with a data key and a custody log of its own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="exhibits")
    number = models.PositiveSmallIntegerField(help_text="Counted within the case.")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    call = models.ForeignKey(Call, models.PROTECT, null=True, related_name="exhibits")
    made_at = models.DateTimeField(help_text="When it was recorded: retention counts from here.")
    # The data key under a master key; without it nothing of the exhibit can ever be read again.
    wrapped_key = models.BinaryField(null=True)
    master_key = models.CharField(max_length=16, help_text="Which master key wraps it.")
    # The end of the custody log: kept here, and in the access log at the end of a call.
    length = models.PositiveIntegerField(default=0)
    head = models.BinaryField(max_length=32, default=b"")

    personal_data = "what it shows; readable only with its data key"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="exhibit_number_once_a_case"),
            models.UniqueConstraint(
                fields=["call"], condition=Q(kind="recording"), name="exhibit_recording_once_a_call"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"{self.case.reference}/{self.number}"


class Track(models.Model):
    """One person's picture and sound as one recorder wrote them, from its start to its end.

    A page that is loaded again, or a connection that is made anew, begins another track.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    exhibit = models.ForeignKey(Exhibit, models.PROTECT, related_name="tracks")
    number = models.PositiveSmallIntegerField(help_text="Counted within the exhibit.")
    person = models.CharField(max_length=20, help_text="victim, officer, or who else is in it.")
    media_type = models.CharField(max_length=80)
    # The index of the last slice; unknown while it goes on, for ever where its page was killed.
    last = models.PositiveIntegerField(null=True)
    ended = models.CharField(max_length=16, blank=True, help_text="Why the recorder stopped.")

    personal_data = "who is heard and seen"

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["exhibit", "number"], name="track_number_once"),
        ]

    def __str__(self) -> str:
        return f"track {self.number} ({self.person})"


class CustodyEntry(models.Model):
    """One line of an exhibit's custody log. Append-only; see `custody/chain.py`."""

    exhibit = models.ForeignKey(Exhibit, models.PROTECT, related_name="custody")
    position = models.PositiveIntegerField()
    at = models.DateTimeField()
    by_kind = models.CharField(max_length=10)
    by_id = models.CharField(max_length=64)
    by_label = models.CharField(max_length=160)
    what = models.CharField(max_length=30)
    details = models.JSONField(default=dict)
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    signature = models.BinaryField(max_length=64)
    signing_key = models.CharField(max_length=16)

    personal_data = "names of staff; that a victim was recorded"

    class Meta:
        ordering = ["exhibit_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["exhibit", "position"], name="custody_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.what}"


class Slice(models.Model):
    """A piece of a track that has been received, encrypted and stored. Append-only."""

    track = models.ForeignKey(Track, models.PROTECT, related_name="slices")
    index = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(help_text="Bytes, before encryption.")
    final = models.BooleanField()
    since = models.DateTimeField(help_text="What it covers, by the service's clock.")
    until = models.DateTimeField()
    # [{since, until, missing, cause}]: what the recorder noticed meanwhile.
    conditions = models.JSONField(default=list)
    stored_as = models.CharField(max_length=200)
    entry = models.OneToOneField(CustodyEntry, models.PROTECT, related_name="slice")

    personal_data = "none of its own; what is stored under `stored_as` is encrypted"

    class Meta:
        ordering = ["track_id", "index"]
        constraints = [
            models.UniqueConstraint(fields=["track", "index"], name="slice_once"),
        ]

    def __str__(self) -> str:
        return f"slice {self.index}"


class WorkingCopy(models.Model):
    """A file to look at, made from a track's slices; a later one has more of them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    track = models.ForeignKey(Track, models.PROTECT, related_name="copies")
    made_at = models.DateTimeField()
    slices = models.PositiveIntegerField(help_text="How many slices it was made from.")
    media_type = models.CharField(max_length=40)
    extension = models.CharField(max_length=8)
    milliseconds = models.PositiveIntegerField()
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    pieces = models.JSONField(help_text="What its pieces are stored as, in order.")

    personal_data = "none of its own; what is stored is encrypted"

    class Meta:
        ordering = ["track_id", "slices"]
        constraints = [
            models.UniqueConstraint(fields=["track", "slices"], name="working_copy_once"),
        ]

    def __str__(self) -> str:
        return f"copy of {self.track}"
