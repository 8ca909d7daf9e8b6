from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from openrvr.foundation.cases.models import Case
from openrvr.foundation.promises.models import Promise
from openrvr.journey.call.models import Call
from openrvr.journey.evidence.screening.antivirus import Finding
from openrvr.journey.invitation.models import Invitation


class Kind(models.TextChoices):
    RECORDING = "recording", "Recording of the call"
    PHOTOGRAPH = "photograph", "Photograph"
    UPLOAD = "upload", "File that she sent"
    STATEMENT = "statement", "Statement"
    THREAD = "thread", "What was written"


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
    # The end of the custody log: kept here, and in the access log (custody_log.note).
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


class Answer(models.TextChoices):
    TAKEN = "taken", "Taken"
    DECLINED = "declined", "She would rather not"


class PhotographRequest(models.Model):
    """The officer in a call asks her for a photograph; she takes it, or would rather not."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="photograph_requests")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=10, choices=Answer.choices, blank=True)
    # Named with its first piece; it is the answer once all of it has arrived.
    exhibit = models.OneToOneField(
        Exhibit, models.PROTECT, null=True, related_name="photograph_request"
    )

    personal_data = "that a victim was asked for a photograph, and whether she gave one"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["call"],
                condition=Q(answered_at=None),
                name="photograph_asked_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"asked {self.asked_at:%Y-%m-%d %H:%M:%S}"


class Fault(models.TextChoices):
    """Why something that arrived to its last piece is not what was announced."""

    ALTERED = "altered", "It is not the file that was on her phone"
    KIND = "kind", "It is not the kind of file that it began as"


class Upload(models.Model):
    """A photograph or a file from her phone: what it is said to be, and what was found out."""

    exhibit = models.OneToOneField(Exhibit, models.PROTECT, related_name="upload", primary_key=True)
    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="uploads")
    # Chosen by the phone, and the name of its track: what is sent again is kept once.
    key = models.UUIDField(unique=True)
    name = models.CharField(max_length=200, blank=True, help_text="The file's, as she sent it.")
    media_type = models.CharField(max_length=40, help_text="By how it begins.")
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64, help_text="Of the whole, as hashed on her phone.")
    complete_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=10, choices=Fault.choices, blank=True)
    finding = models.CharField(
        max_length=10, choices=[(each.value, each.value) for each in Finding], blank=True
    )
    signature = models.CharField(max_length=200, blank=True, help_text="What was found in it.")
    scanned_at = models.DateTimeField(null=True)

    personal_data = "the name that she, or her phone, gave a file"

    def __str__(self) -> str:
        return f"upload {self.key}"

    @property
    def may_be_shown(self) -> bool:
        """It is whole, and the antivirus was asked and found nothing, or could not tell."""
        return bool(self.complete_at) and self.finding in {Finding.CLEAN, Finding.UNSCANNED}


class Retention(models.Model):
    """An exhibit is kept in a category of the policy, until an instant or until it is reviewed."""

    exhibit = models.ForeignKey(Exhibit, models.PROTECT, related_name="retentions")
    category = models.CharField(max_length=40)
    until = models.DateTimeField(null=True, help_text="None until somebody has reviewed it.")
    promise = models.ForeignKey(Promise, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()

    personal_data = "none"

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["exhibit", "category"], name="retention_once"),
        ]

    def __str__(self) -> str:
        return f"{self.category} until {self.until or 'reviewed'}"


class Review(models.Model):
    """A person has looked whether an exhibit is still needed as evidence. Append-only."""

    exhibit = models.ForeignKey(Exhibit, models.PROTECT, related_name="reviews")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    needed = models.BooleanField()
    reason = models.CharField(max_length=300)

    personal_data = "names of staff; a professional judgement"

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return "needed" if self.needed else "not needed"


class Hold(models.Model):
    """An exhibit is kept whatever its schedule says, until the hold is lifted."""

    exhibit = models.ForeignKey(Exhibit, models.PROTECT, related_name="holds")
    reason = models.CharField(max_length=300)
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    lifted_because = models.CharField(max_length=300, blank=True)

    personal_data = "names of staff; words written by staff about why something is needed"

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"hold of {self.exhibit_id}"


class DisposalRequest(models.Model):
    """The first of two people asks to destroy an exhibit before its time; the second decides."""

    exhibit = models.ForeignKey(Exhibit, models.PROTECT, related_name="disposal_requests")
    reason = models.CharField(max_length=300)
    asked_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    refused = models.BooleanField(default=False)

    personal_data = "names of staff; words written by staff about why something is not needed"

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["exhibit"], condition=Q(decided_at=None), name="disposal_asked_once"
            ),
        ]

    def __str__(self) -> str:
        return f"disposal of {self.exhibit_id}"


class Disposal(models.Model):
    """An exhibit was destroyed: the certificate, and whether the ciphertext is gone too."""

    exhibit = models.OneToOneField(Exhibit, models.PROTECT, related_name="disposal")
    at = models.DateTimeField()
    certificate = models.JSONField()
    cleared_at = models.DateTimeField(null=True, help_text="When the ciphertext was deleted.")

    personal_data = "none: the certificate names nobody"

    def __str__(self) -> str:
        return f"destroyed {self.at:%Y-%m-%d}"


class StatementState(models.TextChoices):
    DRAFT = "draft", "Being written"
    SHOWN = "shown", "Shown to her"
    SIGNED = "signed", "Signed"


class Statement(models.Model):
    """What she says, typed with her, read back to her, signed on her phone.

    Once it is signed it is frozen as an exhibit; a correction is another version.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="statements")
    call = models.ForeignKey(Call, models.PROTECT, related_name="statements")
    version = models.PositiveSmallIntegerField()
    state = models.CharField(
        max_length=8, choices=StatementState.choices, default=StatementState.DRAFT
    )
    witness = models.CharField(max_length=120, blank=True, help_text="Her full name.")
    place = models.CharField(max_length=120, blank=True)
    text = models.TextField(max_length=20_000, blank=True)
    language = models.CharField(max_length=8)
    declaration = models.TextField(help_text="The policy's words when it was begun.")
    declaration_language = models.CharField(max_length=8, default="en")
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    reason = models.CharField(max_length=300, blank=True, help_text="Why it corrects that one.")
    exhibit = models.OneToOneField(Exhibit, models.PROTECT, null=True, related_name="statement")

    personal_data = "what a victim says, and her name; erased with its exhibit"

    class Meta:
        ordering = ["case_id", "version"]
        constraints = [
            models.UniqueConstraint(fields=["case", "version"], name="statement_version_once"),
            models.UniqueConstraint(
                fields=["case"],
                condition=~Q(state="signed"),
                name="statement_written_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"statement {self.version} of {self.case_id}"


class StatementEvent(models.Model):
    """A step towards the signature. Append-only; it stands on the paper."""

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="events")
    at = models.DateTimeField()
    what = models.CharField(max_length=200)
    by = models.CharField(max_length=160)

    personal_data = "names of staff"

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.what


class Captions(models.Model):
    """Words to a recording, in a WebVTT file on the clock of the call; the newest is shown."""

    exhibit = models.ForeignKey(Exhibit, models.PROTECT, related_name="captions")
    number = models.PositiveSmallIntegerField()
    added_at = models.DateTimeField()
    stored_as = models.CharField(max_length=200)

    personal_data = "none of its own; what is stored under `stored_as` is encrypted"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["exhibit", "number"], name="captions_number_once"),
        ]

    def __str__(self) -> str:
        return f"captions {self.number}"
