from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from openrvr.foundation.cases.models import Case
from openrvr.foundation.news import News
from openrvr.foundation.people.actors import Actor
from openrvr.foundation.people.models import Account


@dataclass(frozen=True)
class PhysicalAsked(News):
    """A patrol has been asked for. The case is locked."""

    case: Case
    by: Actor
    now: datetime


@dataclass(frozen=True)
class PhysicalAcknowledged(News):
    """The control room has a patrol in hand. The case is locked, and moved where it could be.

    `covert`: nothing on her screen may change by it.
    """

    case: Case
    by: Account
    now: datetime
    covert: bool
