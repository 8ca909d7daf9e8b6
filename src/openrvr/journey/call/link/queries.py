"""How calls were carried: of one case, and of all that there are just now."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, Sum

from openrvr.foundation.cases.models import Case
from openrvr.journey.call.link.readings import Carried, summed
from openrvr.journey.call.models import Call, LinkReading, Side

LATELY = timedelta(hours=1)
# A page sends three readings at a time.
NOW = timedelta(seconds=40)


@dataclass(frozen=True)
class OneSide:
    side: str
    carried: Carried
    readings: list[LinkReading]

    @property
    def name(self) -> str:
        return Side(self.side).label

    @property
    def strip(self) -> list[tuple[float, float, int]]:
        """Bars over the time of the call, as they lasted: where each begins and how long it is.

        Both in percent of the call. Where nothing was read, there is nothing.
        """
        first = min(each.at - timedelta(seconds=each.seconds) for each in self.readings)
        whole = max((self.readings[-1].at - first).total_seconds(), 1)
        runs: list[tuple[float, float, int]] = []
        for each in self.readings:
            end = 100 * (each.at - first).total_seconds() / whole
            begin = max(0.0, end - 100 * each.seconds / whole)
            if runs and runs[-1][2] == each.bars and begin - sum(runs[-1][:2]) < 1:
                runs[-1] = (runs[-1][0], end - runs[-1][0], each.bars)
            else:
                runs.append((begin, end - begin, each.bars))
        return [(round(begin, 2), round(wide, 2), bars) for begin, wide, bars in runs]


@dataclass(frozen=True)
class OneCall:
    call: Call
    sides: list[OneSide]


def of_case(case: Case) -> list[OneCall]:
    """Each call of a case of which anything was read, the first one first."""
    calls = Call.objects.filter(case=case).order_by("started_at")
    found: defaultdict[uuid.UUID, defaultdict[str, list[LinkReading]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for each in LinkReading.objects.filter(call__case=case).order_by("at"):
        found[each.call_id][each.side].append(each)
    return [
        OneCall(
            call,
            [
                OneSide(side, carried, read)
                for side in Side.values
                if (read := found[call.pk][side]) and (carried := summed(read))
            ],
        )
        for call in calls
        if call.pk in found
    ]


def share_good(now: datetime) -> float | None:
    """Of the time that phones were in calls lately, the share with all three bars, 0 to 1."""
    lately = LinkReading.objects.filter(side=Side.PHONE, at__gt=now - LATELY)
    spent = lately.aggregate(all=Sum("seconds"), good=Sum("seconds", filter=Q(bars=3), default=0.0))
    return spent["good"] / spent["all"] if spent["all"] else None


def poor_now(now: datetime) -> int:
    """How many live calls have a phone whose last reading was poor, or found nothing."""
    recent = LinkReading.objects.filter(
        side=Side.PHONE, call__ended_at=None, at__gt=now - NOW
    ).order_by("at")
    last = dict(recent.values_list("call_id", "bars"))
    return sum(bars < 2 for bars in last.values())
