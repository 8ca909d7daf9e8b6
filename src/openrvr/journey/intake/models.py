from __future__ import annotations

from django.conf import settings
from django.db import models

from openrvr.foundation.cases.models import Case


class Whereabouts(models.TextChoices):
    UNKNOWN = "unknown", "Not known"
    GONE = "gone", "Gone, not expected back"
    IN_CUSTODY = "in_custody", "In custody"
    EXPECTED = "expected", "Expected back"
    NEAR = "near", "Near"
    HERE = "here", "There now"


class Injuries(models.TextChoices):
    UNKNOWN = "unknown", "Not known"
    NONE = "none", "None"
    MINOR = "minor", "Minor, no ambulance"
    SERIOUS = "serious", "Ambulance needed"


class YesNo(models.TextChoices):
    UNKNOWN = "unknown", "Not asked"
    YES = "yes", "Yes"
    NO = "no", "No"


class Report(models.Model):
    """What the caller tells: typed by a call-taker who is talking to her."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="report")
    caller_name = models.CharField(max_length=120, blank=True)
    number = models.CharField(max_length=40, blank=True, help_text="As typed.")
    safe_to_text = models.CharField(max_length=8, choices=YesNo.choices, default=YesNo.UNKNOWN)
    safe_to_ring = models.CharField(max_length=8, choices=YesNo.choices, default=YesNo.UNKNOWN)
    safe_hours = models.CharField(max_length=160, blank=True, help_text="As typed.")
    leave_message = models.CharField(max_length=8, choices=YesNo.choices, default=YesNo.UNKNOWN)
    others_read = models.CharField(
        max_length=8,
        choices=YesNo.choices,
        default=YesNo.UNKNOWN,
        help_text="Whether somebody else may read this phone.",
    )
    safe_words = models.CharField(
        max_length=30, blank=True, help_text="The policy's wording; empty: the usual one."
    )
    location = models.CharField(max_length=300, blank=True)
    what_happened = models.TextField(max_length=8000, blank=True)
    suspect_whereabouts = models.CharField(
        max_length=12, choices=Whereabouts.choices, default=Whereabouts.UNKNOWN
    )
    suspect_details = models.CharField(max_length=300, blank=True)
    injuries = models.CharField(max_length=8, choices=Injuries.choices, default=Injuries.UNKNOWN)
    weapons = models.CharField(max_length=300, blank=True)
    children = models.CharField(max_length=300, blank=True)
    orders = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=8, default="en")
    access_needs = models.CharField(max_length=300, blank=True)
    threat = models.CharField(max_length=500, blank=True)
    harm = models.CharField(max_length=500, blank=True)
    risk = models.CharField(max_length=500, blank=True)
    investigation = models.CharField(max_length=500, blank=True)
    vulnerability = models.CharField(max_length=500, blank=True)
    engagement = models.CharField(max_length=500, blank=True)

    personal_data = "everything that a victim says about herself, the suspect and her children"

    def __str__(self) -> str:
        return f"report of {self.case}"

    @property
    def grade(self) -> str:
        """The id of the grade in force; empty before the first."""
        last = self.case.grades.order_by("-id").first()
        return last.grade if last else ""


class ReportEdit(models.Model):
    """One change to one field: who wrote what over what. Append-only."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="edits")
    field = models.CharField(max_length=30)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    personal_data = "as the report itself"

    class Meta:
        indexes = [models.Index(fields=["report", "field", "id"])]

    def __str__(self) -> str:
        return f"{self.field} of report {self.report_id}"


class GradeEntry(models.Model):
    """One grading, with its reason. Append-only; the last one is in force."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="grades")
    grade = models.CharField(max_length=20)
    reason = models.CharField(max_length=300, blank=True)
    policy_version = models.CharField(max_length=60)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    personal_data = "a professional judgement about a report"

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.grade} for {self.case}"
