"""Each deadline as a promise: a review for each category that waits for one, one destruction.

Whoever answers for a promise must be able to keep it. So nothing promises to destroy what nothing
may destroy: that promise stands from the moment that somebody can say when.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from openrvr.foundation.people.actors import Actor
from openrvr.foundation.people.roles import Desk
from openrvr.foundation.policy.queries import policy
from openrvr.foundation.promises import actions as promises
from openrvr.foundation.promises.models import Promise, PromiseState
from openrvr.journey.evidence.models import Exhibit, Hold, Retention
from openrvr.journey.evidence.retention.rules import kept_until

REVIEW = "review_evidence"
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
    return with_an_end().filter(~Exists(_promised().filter(exhibit=OuterRef("pk"))))


def promise_review(retention: Retention, due: datetime, *, by: Actor, now: datetime) -> None:
    """Promise to look by `due` whether it is still needed."""
    retention.promise = _promise(retention.exhibit, REVIEW, due, by=by, now=now)
    retention.save(update_fields=["promise"])


def promise_disposal(exhibit: Exhibit, *, by: Actor, now: datetime) -> None:
    """Make the promise to destroy what it should be by now: one, at the end, or none.

    Called after whatever moves the end of an exhibit that the caller has locked. The promise hangs
    on the category that ends last.
    """
    until = until_when(exhibit)
    standing = list(_promised().filter(exhibit=exhibit).select_related("promise__case"))
    if [_is_about(each.promise, until) for each in standing] == [True]:
        return
    for each in standing:
        if each.promise:
            because = "kept until later" if until else "kept until nobody knows when"
            promises.withdraw(each.promise, by=by, now=now, because=because)
        each.promise = None
        each.save(update_fields=["promise"])
    if until is None:
        return
    last = exhibit.retentions.order_by("-until", "pk")[0]
    last.promise = _promise(exhibit, DISPOSE, until, by=by, now=now)
    last.save(update_fields=["promise"])


def _promised() -> QuerySet[Retention]:
    return Retention.objects.filter(promise__kind=DISPOSE, promise__state=PromiseState.OPEN)


def _is_about(promise: Promise | None, until: datetime | None) -> bool:
    """Whether a promise is due at an end, or at once where the end was over when it was made."""
    return bool(promise and until and promise.due_at == max(until, promise.opened_at))


def _promise(exhibit: Exhibit, kind: str, due: datetime, *, by: Actor, now: datetime) -> Promise:
    words = f"{policy().promise(kind).words}: {exhibit.reference}"
    return promises.open_promise(
        exhibit.case,
        kind,
        holder=Desk.INFORMATION,
        by=by,
        now=now,
        words=words,
        due_at=max(due, now),
    )
