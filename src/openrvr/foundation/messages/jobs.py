from __future__ import annotations

import uuid

from django.utils import timezone
from procrastinate.contrib.django import app


@app.task(name="messages.deliver", queue="messages")
def deliver(message_id: str) -> None:
    """Hand one text to the provider."""
    from openrvr.foundation.messages import actions  # noqa: PLC0415 - the actions defer this job

    actions.deliver(uuid.UUID(message_id), timezone.now())
