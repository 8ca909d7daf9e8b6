from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from openrvr.foundation.messages.models import Message
from openrvr.foundation.news import News


@dataclass(frozen=True)
class MessageMoved(News):
    """A text came further on its way, or failed."""

    message: Message
    now: datetime
