"""The room at a glance: figures for the wall, and what nobody took."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db.models import F, Q
from django.utils import timezone

from openrvr.foundation.people.models import Account
from openrvr.foundation.promises.models import Promise, PromiseState
from openrvr.journey.call.link.queries import poor_now, share_good
from openrvr.journey.call.relief.queries import could_take_over
from openrvr.journey.waiting.queries import queue, strength

LONGEST_LIST = 100


@dataclass(frozen=True)
class Figure:
    """One number on the wall, with its word; a tone only where it asks for somebody."""

    word: str
    number: int | str
    tone: Literal["", "action", "live", "risk", "danger"] = ""


def board(now: datetime) -> dict[str, Any]:
    """Everything that the page shows, apart from alarms."""
    waiting, officers, broken = list(queue()), strength(), _broken_today(now)
    good, poor = share_good(now), poor_now(now)
    unanswered = [each for each in waiting if each.supervisors_told_at]
    return {
        "figures": [
            Figure("Waiting", len(waiting), _tone_of_waiting(len(waiting), officers.free)),
            Figure("Ringing", officers.ringing, "action" if officers.ringing else ""),
            Figure("Live", officers.live, "live" if officers.live else ""),
            Figure("Free officers", officers.free),
            Figure("Poor connections", poor, "risk" if poor else ""),
            Figure("Good connection, last hour", "-" if good is None else f"{good:.0%}"),
            Figure("Broken promises today", broken, "danger" if broken else ""),
        ],
        "unanswered": unanswered,
        "untaken": list(_untaken(now)[:LONGEST_LIST]),
        "now_at": now,
    }


def takes(account: Account) -> dict[str, Any]:
    """What this supervisor has taken and still answers for, and the calls that could be."""
    mine = Promise.objects.filter(state=PromiseState.OPEN, holder=account)
    return {
        "mine": list(mine.select_related("case").order_by("due_at")[:LONGEST_LIST]),
        "going_on": could_take_over(account),
        "account": account,
    }


def _tone_of_waiting(waiting: int, free: int) -> Literal["", "action", "risk"]:
    if not waiting:
        return ""
    return "action" if free else "risk"


def _untaken(now: datetime) -> Any:
    """Open promises that no named person answers for, or that are overdue; oldest first."""
    return (
        Promise.objects.filter(state=PromiseState.OPEN)
        .filter(Q(holder=None) | Q(due_at__lt=now))
        .select_related("case__report", "holder")
        .order_by("due_at", "pk")
    )


def _broken_today(now: datetime) -> int:
    """Promises that fell due since midnight and were not kept in time, whatever came of them."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    late = Q(settled_at__gt=F("due_at"), state=PromiseState.KEPT)
    missed = Q(state=PromiseState.OPEN) | late | Q(state=PromiseState.BROKEN)
    return Promise.objects.filter(missed, due_at__gte=midnight, due_at__lt=now).count()
