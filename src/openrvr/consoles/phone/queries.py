"""Where the victim is on her way, for her page: the one thing that it shows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from openrvr.consoles.phone.outlook import outlook
from openrvr.consoles.phone.statement import shown
from openrvr.foundation.cases.models import Case
from openrvr.foundation.cases.states import State
from openrvr.foundation.policy.queries import policy
from openrvr.journey.call.guests.queries import asked_of
from openrvr.journey.call.queries import for_phone, live_of_phone, near_phone
from openrvr.journey.chat.pages import news_for_her
from openrvr.journey.escalation.queries import goes_covertly
from openrvr.journey.evidence.statement.actions import shown_to
from openrvr.journey.evidence.uploads.queries import asked_in, phone_request
from openrvr.journey.invitation.models import Invitation
from openrvr.journey.offer.models import Offer, Response
from openrvr.journey.silent.queries import question_for
from openrvr.journey.waiting.queries import ringing_of

STEPS = {State.INVITED: "check_in", State.WAITING: "waiting", State.LIVE: "call"}


def state_of(invitation: Invitation, now: datetime) -> dict[str, Any]:
    """`step` is check_in, waiting, call or over; the rest is what that step shows."""
    state = Case.objects.values_list("state", flat=True).get(pk=invitation.case_id)
    step = STEPS.get(State(state), "over")
    call = live_of_phone(invitation) if step == "call" else None
    waiting = invitation.waitings.filter(left_at=None).first() if step == "waiting" else None
    if state == State.PHYSICAL and goes_covertly(invitation.case_id):
        # She asked without a sound: her page is what it was, to whoever looks at it with her.
        step, waiting = "waiting", invitation.waitings.order_by("-since").first()
    ring = ringing_of(waiting) if waiting else None
    asked = asked_in(call) if call else None
    return {
        "step": step,
        "now": now.isoformat(),
        "call": for_phone(call, now) if call else None,
        "photograph": phone_request(asked) if asked else None,
        "statement": shown(shown_to(invitation)) if call else None,
        "on_phone": invitation.on_phone,
        "hearing": question_for(invitation, call) if call or waiting else None,
        "guest": asked_of(call) if call else None,
        "chat": news_for_her(invitation),
        "near": near_phone(ring, now) if ring else None,
        "waiting": outlook(waiting, ring, now) if waiting else None,
        "rung": invitation.rung,
        "emergency": policy().force.emergency_number,
    }


def without_a_script(invitation: Invitation) -> dict[str, Any]:
    """What the plain page shows: by when she is rung back, and how much she has sent."""
    owed = invitation.case.promises.filter(kind="call_back_or_visit", state="open").first()
    return {
        "rung_back_by": owed.due_at if owed else None,
        "photographs": invitation.uploads.filter(complete_at__isnull=False).count(),
    }


def is_probably_on_phone(invitation: Invitation) -> bool:
    """Whether the link most probably came to her in the middle of a phone call.

    It does, unless video was agreed for another time. She is asked all the same; this says which
    answer stands first.
    """
    return not Offer.objects.filter(
        case_id=invitation.case_id, response=Response.APPOINTMENT
    ).exists()
