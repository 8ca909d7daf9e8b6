from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from openrvr.foundation.news import News
from openrvr.foundation.people.actors import Actor
from openrvr.journey.call.models import Call


@dataclass(frozen=True)
class CallAnswered(News):
    """An officer has answered her. The case is locked."""

    call: Call
    now: datetime


@dataclass(frozen=True)
class CallEnded(News):
    """A call is over, whoever ended it."""

    call: Call
    by: Actor
    now: datetime
