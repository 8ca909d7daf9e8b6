from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db.models import F

from openrvr.foundation.cases.models import Case
from openrvr.foundation.live.streams import of_person, of_phone
from openrvr.foundation.live.tokens import signal_pass
from openrvr.foundation.people.models import Account
from openrvr.journey.call.media import chosen
from openrvr.journey.call.media.turn import ice_configuration
from openrvr.journey.call.models import Call
from openrvr.journey.invitation.models import Invitation
from openrvr.journey.waiting.models import Ring
from openrvr.journey.waiting.queries import MOST_RECENT, RECENT


def for_phone(call: Call, now: datetime) -> dict[str, Any]:
    """What the victim's page needs to be in the call: see `for_officer`."""
    return _for(
        call, to=of_person(call.officer_id), polite=True, other=call.officer.shown_as, now=now
    )


def for_officer(call: Call, now: datetime) -> dict[str, Any]:
    """What the officer's page needs: the call, a pass to signal with, its role, ICE servers."""
    to = of_phone(call.invitation_id)
    return {
        **_for(call, to=to, polite=False, other="The caller", now=now),
        **rung_for_officer(call.invitation),
    }


def rung_for_officer(invitation: Invitation) -> dict[str, Any]:
    """On which rung of the ladder they speak, and why, in the staff's words."""
    return {"rung": invitation.rung, "rung_words": invitation.rung_words}


def live_of_officer(officer: Account) -> Call | None:
    """The call that this officer is in."""
    return (
        Call.objects.filter(officer=officer, ended_at=None)
        .select_related("case", "officer", "invitation")
        .first()
    )


def live_of_phone(invitation: Invitation) -> Call | None:
    """The call that this phone is in."""
    return (
        Call.objects.filter(invitation=invitation, ended_at=None)
        .select_related("case", "officer")
        .first()
    )


def live_of_case(case: Case) -> Call | None:
    """The call that is live on a case."""
    return Call.objects.filter(case=case, ended_at=None).select_related("officer").first()


def lengths(now: datetime) -> tuple[float, ...]:
    """How long recent calls lasted, in seconds."""
    ended = Call.objects.filter(ended_at__isnull=False, started_at__gt=now - RECENT)
    spans = ended.order_by("-started_at").annotate(span=F("ended_at") - F("started_at"))
    return tuple(
        span.total_seconds() for span in spans.values_list("span", flat=True)[:MOST_RECENT]
    )


def lengths_so_far(now: datetime) -> tuple[float, ...]:
    """How long each call that goes on has lasted, in seconds."""
    begun = Call.objects.filter(ended_at=None).values_list("started_at", flat=True)
    return tuple(max(0.0, (now - at).total_seconds()) for at in begun)


def near_phone(ring: Ring, now: datetime) -> dict[str, Any]:
    """What her page needs to find the way to the officer who is rung for her."""
    to, other = of_person(ring.officer_id), ring.officer.shown_as
    return _ticket(ring.channel, to=to, polite=True, other=other, now=now)


def near_officer(ring: Ring, now: datetime) -> dict[str, Any]:
    """What his page needs to find the way to the phone that he is rung for."""
    to = of_phone(ring.waiting.invitation_id)
    return _ticket(ring.channel, to=to, polite=False, other="The caller", now=now)


def _for(call: Call, *, to: str, polite: bool, other: str, now: datetime) -> dict[str, Any]:
    return {
        **_ticket(call.pk, to=to, polite=polite, other=other, now=now),
        "plane": call.plane,
        "started": call.started_at.isoformat(),
    }


def _ticket(
    channel: uuid.UUID, *, to: str, polite: bool, other: str, now: datetime
) -> dict[str, Any]:
    return {
        "call": str(channel),
        "pass": signal_pass(channel, to=to),
        "polite": polite,
        "ice": ice_configuration(chosen.turn(), str(channel), now),
        "with": other,
    }
