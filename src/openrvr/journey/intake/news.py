from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from openrvr.foundation.cases.models import Case
from openrvr.foundation.news import News
from openrvr.foundation.people.models import Account


@dataclass(frozen=True)
class ReportGraded(News):
    """A report has been graded, or graded anew. The case is locked."""

    case: Case
    grade: str
    reason: str
    by: Account
    now: datetime
