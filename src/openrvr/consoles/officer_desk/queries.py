"""What the officer's page must know after a reload, or whenever anything changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import get_language_info

from openrvr.foundation.cases.models import Case
from openrvr.foundation.people.models import Account
from openrvr.foundation.policy.queries import policy
from openrvr.journey.call.guests.actions import link_of
from openrvr.journey.call.models import Call, Guest, GuestKind
from openrvr.journey.call.queries import for_officer, live_of_officer, near_officer
from openrvr.journey.escalation.models import PhysicalRequest
from openrvr.journey.silent.queries import silent_state
from openrvr.journey.waiting.queries import duty_of, phone_words, ringing_for


def desk_state(account: Account, now: datetime, *, shown: str = "") -> dict[str, Any]:
    """Duty, the ring to answer, the live call and the case in hand; None for what is not.

    `shown` is the case that the page shows; a live call's own case comes first all the same.
    """
    ring, call = ringing_for(account), live_of_officer(account)
    reference = call.case.reference if call else shown or reference_in_hand(account)
    return {
        "now": now.isoformat(),
        "on_duty": duty_of(account) is not None,
        "ring": {
            "ring": ring.pk,
            "waiting": ring.waiting_id,
            "reference": ring.waiting.case.reference,
            "until": ring.until.isoformat(),
        }
        if ring
        else None,
        "call": ticket(call, account, now) if call else None,
        "phone": phone_words(call.invitation, in_call=True) if call else [],
        "near": near_officer(ring, now) if ring else None,
        "reference": reference,
        "physical": _physical(reference),
        "silent": silent_state(reference),
    }


def ticket(call: Call, account: Account, now: datetime) -> dict[str, Any]:
    """What the desk needs to be in the call, and whose it is."""
    return {**for_officer(call, account, now), "reference": call.case.reference}


def _physical(reference: str) -> dict[str, Any] | None:
    """The last patrol that was asked for on the case in hand, and who has it."""
    asked = (
        PhysicalRequest.objects.filter(case__reference=reference)
        .select_related("acknowledged_by")
        .order_by("-id")
        .first()
    )
    if asked is None:
        return None
    return {
        "asked": asked.asked_at.isoformat(),
        "acknowledged": asked.acknowledged_at and asked.acknowledged_at.isoformat(),
        "by": asked.acknowledged_by.name if asked.acknowledged_by else "",
        "covert": asked.covert,
    }


def guests_of(case: Case, call: Call | None, account: Account, now: datetime) -> dict[str, Any]:
    """Who was asked into the calls of a case, and what may be done about it."""
    found = Guest.objects.filter(call__case=case).select_related("call")
    is_mine = call is not None and call.officer_id == account.pk
    terms = policy().guests
    return {
        "guests": [
            {
                "guest": each,
                "can_be_ended": is_mine and call is not None and each.call_id == call.pk,
                "link": link_of(each)
                if is_mine and each.agreed_at and not each.opened_at and not each.ended_at
                else "",
                "is_too_late": each.is_too_late(now),
            }
            for each in found
        ],
        "can_ask_guests": is_mine,
        "guest_kinds": GuestKind.choices,
        "guest_terms": terms,
        "guest_directory": [
            (each.id, ", ".join(filter(None, (each.name, each.organisation))))
            for each in terms.directory
        ],
    }


def reference_in_hand(account: Account) -> str:
    """The case of the live call, else the oldest that waits for this officer's wrap-up; or ""."""
    call = live_of_officer(account)
    if call:
        return call.case.reference
    mine = Case.objects.filter(
        promises__kind="wrap_up", promises__state="open", promises__holder=account
    ).order_by("opened_at")
    return mine.values_list("reference", flat=True).first() or ""


def language_name(code: str) -> str:
    """`Welsh` for `cy`; a code that nobody named stands for itself."""
    try:
        return str(get_language_info(code)["name"])
    except KeyError:
        return code
