from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from openrvr.foundation.cases.models import Case
from openrvr.foundation.news import News
from openrvr.foundation.people.actors import Actor
from openrvr.journey.invitation.models import Invitation


@dataclass(frozen=True)
class RungTaken(News):
    """The two of them go on by other means. The case is locked."""

    invitation: Invitation
    now: datetime


@dataclass(frozen=True)
class LinkTakenBack(News):
    """A link of no use any more, behind which she may be waiting. The case is locked."""

    case: Case
    invitation: Invitation
    by: Actor
    now: datetime
