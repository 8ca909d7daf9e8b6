"""The register: what is kept, until when, and why it is not destroyed yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Min, Prefetch, Q, QuerySet

from openrvr.foundation.policy.queries import policy
from openrvr.journey.evidence.models import DisposalRequest, Exhibit, Hold, Retention
from openrvr.journey.evidence.retention.rules import is_ended, kept_until

A_PAGE = 50


@dataclass(frozen=True)
class Entry:
    """One exhibit as the register shows it; `until` is None while nobody can say."""

    exhibit: Exhibit
    categories: tuple[Retention, ...]
    names: tuple[str, ...]
    holds: tuple[Hold, ...]
    asked: DisposalRequest | None
    until: datetime | None
    review_due: datetime | None


def entries(page: int) -> tuple[Page[Any], list[Entry]]:
    """A page of what is not destroyed, the soonest deadline first."""
    found = _kept().annotate(soonest=Min("retentions__promise__due_at")).order_by("soonest", "pk")
    shown = Paginator(found, A_PAGE).get_page(page)
    return shown, [entry(exhibit) for exhibit in shown.object_list]


def found(exhibit_id: object) -> Exhibit | None:
    return _all().filter(pk=str(exhibit_id)).first()


def entry(exhibit: Exhibit) -> Entry:
    retentions = tuple(exhibit.retentions.all())
    holds = tuple(hold for hold in exhibit.holds.all() if hold.lifted_at is None)
    waiting = [each for each in exhibit.disposal_requests.all() if each.decided_at is None]
    due = [r.promise.due_at for r in retentions if r.until is None and r.promise]
    held = bool(holds) or exhibit.case.is_open
    return Entry(
        exhibit=exhibit,
        categories=retentions,
        names=tuple(policy().retention(each.category).name for each in retentions),
        holds=holds,
        asked=waiting[0] if waiting else None,
        until=kept_until((each.until for each in retentions), held=held),
        review_due=min(due, default=None),
    )


def other_categories(exhibit: Exhibit) -> list[tuple[str, str]]:
    """What it could be kept as besides; also what a review has ended, when it is needed again."""
    kept = {each.category for each in exhibit.retentions.all() if not _is_ended(each)}
    return [(each.id, each.name) for each in policy().retentions if each.id not in kept]


def _is_ended(retention: Retention) -> bool:
    category = policy().retention(retention.category)
    return is_ended(retention.until, until_reviewed=category.until_reviewed)


def _kept() -> QuerySet[Exhibit]:
    return _all().filter(wrapped_key__isnull=False)


def _all() -> QuerySet[Exhibit]:
    return Exhibit.objects.select_related("case", "disposal").prefetch_related(
        Prefetch("retentions", Retention.objects.select_related("promise").order_by("id")),
        Prefetch("holds", Hold.objects.select_related("placed_by", "lifted_by")),
        Prefetch("disposal_requests", DisposalRequest.objects.select_related("by")),
        "reviews__by",
    )


def how_many_wait() -> int:
    """Requests that want a second person."""
    return DisposalRequest.objects.filter(Q(decided_at=None)).count()
