from __future__ import annotations

from django.db import models


class WorkerBeat(models.Model):
    """When the worker last swept: how `/healthz` knows that the clocks are being watched."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    personal_data = "none"

    def __str__(self) -> str:
        return self.name
