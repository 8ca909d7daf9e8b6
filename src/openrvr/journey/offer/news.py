from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from openrvr.foundation.cases.models import Case
from openrvr.foundation.news import News
from openrvr.foundation.people.models import Account


@dataclass(frozen=True)
class HandedToStandard(News):
    """The normal service has the case, and `by` answers for it. The case is locked."""

    case: Case
    by: Account
    now: datetime
