from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings

from openrvr.foundation.cases.models import Case
from openrvr.foundation.live.streams import of_person, of_phone
from openrvr.foundation.live.tokens import signal_pass
from openrvr.foundation.people.models import Account
from openrvr.journey.call.media.turn import TurnConfiguration, ice_configuration
from openrvr.journey.call.models import Call
from openrvr.journey.invitation.models import Invitation


def for_phone(call: Call, now: datetime) -> dict[str, Any]:
    """What the victim's page needs to be in the call: see `for_officer`."""
    return _for(
        call, to=of_person(call.officer_id), polite=True, other=call.officer.shown_as, now=now
    )


def for_officer(call: Call, now: datetime) -> dict[str, Any]:
    """What the officer's page needs: the call, a pass to signal with, its role, ICE servers."""
    return _for(call, to=of_phone(call.invitation_id), polite=False, other="The caller", now=now)


def ice_servers(whose: str, now: datetime) -> dict[str, Any]:
    """What a browser hands to RTCPeerConnection; `whose` stands in the TURN server's log."""
    turn = TurnConfiguration(
        stun_urls=tuple(settings.STUN_URLS),
        turn_urls=tuple(settings.TURN_URLS),
        secret=settings.TURN_SECRET,
        relay_only=settings.TURN_RELAY_ONLY,
    )
    return ice_configuration(turn, whose, now)


def live_of_officer(officer: Account) -> Call | None:
    """The call that this officer is in."""
    return (
        Call.objects.filter(officer=officer, ended_at=None)
        .select_related("case", "officer")
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


def _for(call: Call, *, to: str, polite: bool, other: str, now: datetime) -> dict[str, Any]:
    return {
        "call": str(call.pk),
        "pass": signal_pass(call.pk, to=to),
        "polite": polite,
        "plane": call.plane,
        "ice": ice_servers(str(call.pk), now),
        "with": other,
        "started": call.started_at.isoformat(),
    }
