"""Until when an exhibit is kept, and what is due to be destroyed."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from openrvr.foundation.promises.models import PromiseState
from openrvr.journey.evidence.models import Exhibit, Hold, Retention
from openrvr.journey.evidence.retention.rules import kept_until

DISPOSE = "dispose_evidence"


def until_when(exhibit: Exhibit) -> datetime | None:
    """The instant from which an exhibit may be destroyed; None while nobody can say."""
    held = exhibit.case.is_open or exhibit.holds.filter(lifted_at=None).exists()
    return kept_until(exhibit.retentions.values_list("until", flat=True), held=held)


def with_an_end() -> QuerySet[Exhibit]:
    """Every exhibit for which `until_when` has an instant."""
    categories = Retention.objects.filter(exhibit=OuterRef("pk"))
    return Exhibit.objects.filter(
        Exists(categories),
        ~Exists(categories.filter(until=None)),
        ~Exists(Hold.objects.filter(exhibit=OuterRef("pk"), lifted_at=None)),
        wrapped_key__isnull=False,
        case__closed_at__isnull=False,
    )


def past_its_end(now: datetime) -> QuerySet[Exhibit]:
    """Every exhibit that is due to be destroyed."""
    later = Retention.objects.filter(exhibit=OuterRef("pk"), until__gt=now)
    return with_an_end().filter(~Exists(later))


def without_promise() -> QuerySet[Exhibit]:
    """Every exhibit that has an end, and that nobody has promised to destroy."""
    return with_an_end().filter(~Exists(promised().filter(exhibit=OuterRef("pk"))))


def promised() -> QuerySet[Retention]:
    """The categories on which an open promise to destroy hangs."""
    return Retention.objects.filter(promise__kind=DISPOSE, promise__state=PromiseState.OPEN)
