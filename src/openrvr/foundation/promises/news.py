from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from openrvr.foundation.news import News
from openrvr.foundation.promises.models import Promise, Rung


@dataclass(frozen=True)
class RungFired(News):
    """A promise was not kept in time and its ladder has been climbed by one rung."""

    promise: Promise
    rung: Rung
    now: datetime
