"""What the officer's page must know after a reload, or whenever anything changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from openrvr.foundation.cases.models import Case
from openrvr.foundation.people.models import Account
from openrvr.journey.call.queries import for_officer, live_of_officer
from openrvr.journey.waiting.queries import duty_of, ringing_for


def desk_state(account: Account, now: datetime) -> dict[str, Any]:
    """Duty, the ring to answer, the live call and the case in hand; None for what is not."""
    ring, call = ringing_for(account), live_of_officer(account)
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
        "call": for_officer(call, now) if call else None,
        "reference": reference_in_hand(account),
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
