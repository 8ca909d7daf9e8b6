from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from openrvr.foundation.cases.models import Case
from openrvr.journey.call.models import Call
from openrvr.journey.invitation.models import Invitation


class Outcome(models.TextChoices):
    PATROL = "patrol", "A patrol was asked for"
    NOT_NEEDED = "not_needed", "Not needed"


class SilentAlarm(models.Model):
    """She has asked for help without a sound. Open until a person has answered it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="silent_alarms")
    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="+")
    call = models.ForeignKey(Call, models.PROTECT, null=True, related_name="silent_alarms")
    raised_at = models.DateTimeField(help_text="When she pressed, by her phone's own count.")
    received_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    why = models.CharField(max_length=300, blank=True)

    personal_data = "that a victim asked for help, and what staff wrote about it"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(settled_at=None), name="silent_alarm_open_once"
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None, outcome="")
                | (Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(outcome="")),
                name="silent_alarm_settled_by_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"silent alarm on {self.case}"


class AlarmPress(models.Model):
    """One press of the alarm on her phone, however often it was sent on its way here."""

    alarm = models.ForeignKey(SilentAlarm, models.PROTECT, related_name="presses")
    key = models.UUIDField(unique=True, help_text="Made by her page for this press.")
    pressed_at = models.DateTimeField()
    received_at = models.DateTimeField()
    came_by = models.CharField(max_length=40, help_text="Her page, or the officer's browser.")

    personal_data = "when a victim asked for help"

    def __str__(self) -> str:
        return f"pressed at {self.pressed_at:%H:%M:%S}"


class Hearing(models.TextChoices):
    ALONE = "alone", "She is alone"
    NEAR = "near", "Somebody is near, but cannot hear"
    HEARD = "heard", "Somebody may hear"
    CLOSED = "closed", "She closed the question without an answer"


class HearingQuestion(models.Model):
    """“Can anyone hear you?”, asked on her phone."""

    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="hearing_questions")
    call = models.ForeignKey(Call, models.PROTECT, null=True, related_name="hearing_questions")
    asked_by = models.CharField(max_length=160)
    asked_at = models.DateTimeField()

    personal_data = "names of staff"

    def __str__(self) -> str:
        return f"asked at {self.asked_at:%H:%M:%S}"


class HearingAnswer(models.Model):
    """What she tapped. Another tap is another row; the last one counts."""

    question = models.ForeignKey(HearingQuestion, models.PROTECT, related_name="answers")
    answer = models.CharField(max_length=10, choices=Hearing.choices)
    at = models.DateTimeField()

    personal_data = "whether somebody was near a victim"

    def __str__(self) -> str:
        return self.get_answer_display()
