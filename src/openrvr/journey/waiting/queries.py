from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from openrvr.foundation.clock.wording import clock_time
from openrvr.foundation.people.models import Account
from openrvr.journey.invitation.models import Invitation
from openrvr.journey.invitation.rungs import Rung
from openrvr.journey.waiting.models import Duty, Phone, Ring, RingEnd, Waiting

# What is called usual: of the last four weeks, the newest hundred.
RECENT = timedelta(days=28)
MOST_RECENT = 100


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


def before(waiting: Waiting) -> int:
    """How many people wait before her, by the queue's own order."""
    earlier = Q(urgency__lt=waiting.urgency) | Q(
        urgency=waiting.urgency, promised_by__lt=waiting.promised_by
    )
    return Waiting.objects.filter(earlier, left_at=None).exclude(pk=waiting.pk).count()


def seconds_to_answer(now: datetime) -> tuple[float, ...]:
    """How long recent rings that were answered had rung."""
    rung = Ring.objects.filter(end=RingEnd.ANSWERED, at__gt=now - RECENT).order_by("-at")
    spans = rung.annotate(span=F("ended_at") - F("at")).values_list("span", flat=True)
    return tuple(span.total_seconds() for span in spans[:MOST_RECENT])


def phone_words(invitation: Invitation | None, *, in_call: bool = False) -> list[str]:
    """What staff must know of her phone; empty while all is well, and before it has told anything.

    In a call the two browsers tell each other within a second that a page is hidden. She who went
    on to the plain page left the other one for it: that one tells nothing any more.
    """
    phone = Phone.objects.filter(invitation=invitation).first() if invitation else None
    if phone is None or not phone.invitation.is_alive:
        return []
    words = []
    if phone.silent_since:
        words.append(f"Her phone has been silent since {clock_time(phone.silent_since)}.")
    elif phone.hidden_since and not in_call and phone.invitation.rung != Rung.PLAIN:
        since = clock_time(phone.hidden_since)
        words.append(f"Her page is in the background, or her phone is locked, since {since}.")
    if phone.battery_is_low:
        words.append(f"Her battery is low: {phone.battery}%.")
    return words


def is_an_officer_free() -> bool:
    """Whether video can be promised now: somebody on duty is not in a call."""
    return Duty.objects.filter(until=None, engaged=False).exists()
