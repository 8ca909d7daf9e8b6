from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from openrvr.foundation.news import News
from openrvr.journey.invitation.models import Invitation
from openrvr.journey.waiting.models import Ring, Waiting


@dataclass(frozen=True)
class CheckedIn(News):
    """She is on the waiting page. The case is locked."""

    waiting: Waiting
    now: datetime


@dataclass(frozen=True)
class OfficerRung(News):
    """An officer is rung for a victim whose case is locked."""

    ring: Ring
    now: datetime


@dataclass(frozen=True)
class RingOver(News):
    """A ring has ended, however it did. The case is locked."""

    ring: Ring
    now: datetime


@dataclass(frozen=True)
class PhoneChanged(News):
    """Her page came, went, was hidden, fell silent, or its battery runs low. The case is locked."""

    invitation: Invitation
    now: datetime
