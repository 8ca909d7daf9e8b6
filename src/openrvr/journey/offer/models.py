from __future__ import annotations

from django.conf import settings
from django.db import models

from openrvr.foundation.cases.models import Case
from openrvr.foundation.policy.models import PolicyVersion


class CriterionAnswer(models.Model):
    """What a caller answered to a criterion that is asked."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="criterion_answers")
    criterion = models.CharField(max_length=40)
    answer = models.CharField(max_length=3, choices=[("yes", "Yes"), ("no", "No")])
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    personal_data = "a victim's situation at the time of the call"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "criterion"], name="criterion_answered_once")
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.answer}"


class Response(models.TextChoices):
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    APPOINTMENT = "appointment", "Appointment"
    NOT_ELIGIBLE = "not_eligible", "Not offered"


class Offer(models.Model):
    """One offer of video and its answer, with the judgement it rested on. Append-only."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="offers")
    policy = models.ForeignKey(PolicyVersion, models.PROTECT)
    judgement = models.JSONField(help_text="Each criterion with its verdict and reason.")
    response = models.CharField(max_length=12, choices=Response.choices)
    reason = models.CharField(max_length=300, blank=True)
    key_word = models.CharField(max_length=60, blank=True)
    appointment_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    personal_data = "a victim's decision, and the word that warns of the suspect's return"

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.response} ({self.case})"
