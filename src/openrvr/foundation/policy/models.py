from __future__ import annotations

from django.db import models


class PolicyVersion(models.Model):
    """The text of each policy that anything was decided under, kept for good."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    version = models.CharField(max_length=60)
    text = models.TextField()
    first_used_at = models.DateTimeField()

    personal_data = "none"

    def __str__(self) -> str:
        return f"{self.version} ({self.sha256[:12]})"
