from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from openrvr.foundation.people.models import Account
from openrvr.journey.waiting.models import Duty, Ring, Waiting


def queue() -> QuerySet[Waiting]:
    """Everybody who waits: the most urgent grade first, then by promised time."""
    return (
        Waiting.objects.filter(left_at=None)
        .select_related("case__report", "invitation")
        .prefetch_related("rings__officer")
        .order_by("urgency", "promised_by")
    )


def ringing_for(account: Account) -> Ring | None:
    """The ring that this officer is to answer now."""
    return (
        Ring.objects.filter(officer=account, ended_at=None)
        .select_related("waiting__case__report")
        .first()
    )


def ringing_of(waiting: Waiting) -> Ring | None:
    """The officer who is rung for her now."""
    return waiting.rings.filter(ended_at=None).select_related("officer", "waiting").first()


def duty_of(account: Account) -> Duty | None:
    return Duty.objects.filter(officer=account, until=None).first()


@dataclass(frozen=True)
class Strength:
    """How many officers are on duty, and what they are doing."""

    free: int
    ringing: int
    live: int

    @property
    def on_duty(self) -> int:
        return self.free + self.ringing + self.live


def strength() -> Strength:
    on_duty = Duty.objects.filter(until=None).annotate(
        is_rung=Exists(Ring.objects.filter(officer=OuterRef("officer"), ended_at=None))
    )
    duties = list(on_duty.values_list("engaged", "is_rung"))
    live = sum(engaged for engaged, _ in duties)
    ringing = sum(is_rung and not engaged for engaged, is_rung in duties)
    return Strength(free=len(duties) - live - ringing, ringing=ringing, live=live)


def is_an_officer_free() -> bool:
    """Whether video can be promised now: somebody on duty is not in a call."""
    return Duty.objects.filter(until=None, engaged=False).exists()
