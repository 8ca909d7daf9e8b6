"""Her phone's signs of life: what it tells of itself, and that it has ceased to."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db.models import F

from openrvr.foundation import news
from openrvr.foundation.audit import actions as audit
from openrvr.foundation.cases import actions as cases
from openrvr.foundation.cases.models import Case
from openrvr.foundation.cases.states import State
from openrvr.foundation.live import actions as live
from openrvr.foundation.live.streams import of_person
from openrvr.foundation.people.actors import Actor, service, victim
from openrvr.foundation.unit_of_work import unit_of_work
from openrvr.journey.invitation.models import Invitation
from openrvr.journey.waiting.models import Phone, PhoneEvent, Sign
from openrvr.journey.waiting.news import PhoneChanged
from openrvr.journey.waiting.rules import SILENT_AFTER, is_low

# Somebody waits for her, or talks with her, on this page.
_EXPECTED = (State.INVITED, State.WAITING, State.LIVE)
# Of these whoever sent the link hears at once; the rest stands on the screen.
_TOLD = {Sign.SILENT, Sign.BACK, Sign.BATTERY_LOW}


def note(
    invitation: Invitation, *, hidden: bool, battery: int | None, charging: bool, now: datetime
) -> None:
    """Her page says that it is there, and how; twice the same is once.

    What has changed since the last time is an event for the staff.
    """
    low = is_low(battery, charging=charging)
    # Most of the time nothing has changed: one row, and no lock on the case.
    as_before = Phone.objects.filter(
        invitation=invitation,
        silent_since=None,
        battery_is_low=low,
        hidden_since__isnull=not hidden,
    )
    if not as_before.update(seen_at=now, battery=battery):
        _change(invitation, hidden=hidden, battery=battery, low=low, now=now)


@unit_of_work()
def _change(
    invitation: Invitation, *, hidden: bool, battery: int | None, low: bool, now: datetime
) -> None:
    case = cases.lock(invitation.case_id)
    phone = Phone.objects.filter(invitation=invitation).first()
    signs = []
    if phone is None:
        phone = Phone(invitation=invitation)
        signs.append(Sign.ARRIVED)
    if phone.silent_since:
        signs.append(Sign.BACK)
    if hidden != bool(phone.hidden_since):
        signs.append(Sign.HIDDEN if hidden else Sign.SHOWN)
    if low != phone.battery_is_low:
        signs.append(Sign.BATTERY_LOW if low else Sign.BATTERY_FINE)
    phone.seen_at, phone.silent_since = now, None
    phone.hidden_since = (phone.hidden_since or now) if hidden else None
    phone.battery, phone.battery_is_low = battery, low
    phone.save()
    _record(case, invitation, *signs, by=victim(invitation.pk), now=now)


def notice_silence(now: datetime) -> int:
    """Tell of every phone that somebody waits for and that tells nothing any more. Swept."""
    missed = Phone.objects.filter(
        silent_since=None,
        seen_at__lt=now - timedelta(seconds=SILENT_AFTER),
        invitation__ended_at=None,
        invitation__case__state__in=_EXPECTED,
    ).exclude(invitation__rung="plain")  # A page without a script tells nothing.
    return sum(_notice_silence(pk, now) for pk in missed.values_list("pk", flat=True)[:200])


@unit_of_work()
def _notice_silence(invitation_id: uuid.UUID, now: datetime) -> bool:
    invitation = Invitation.objects.get(pk=invitation_id)
    if not Case.objects.select_for_update(skip_locked=True).filter(pk=invitation.case_id).exists():
        return False
    since = now - timedelta(seconds=SILENT_AFTER)
    # Looked at again under the lock: it may have spoken meanwhile.
    silent = Phone.objects.filter(pk=invitation_id, silent_since=None, seen_at__lt=since)
    if not silent.update(silent_since=F("seen_at")):
        return False
    case = cases.lock(invitation.case_id)
    _record(case, invitation, Sign.SILENT, by=service("waiting"), now=now)
    return True


def left(case: Case, invitation: Invitation, *, now: datetime) -> None:
    """She left the page, of a locked case."""
    _record(case, invitation, Sign.LEFT, by=victim(invitation.pk), now=now)


def _record(case: Case, invitation: Invitation, *signs: Sign, by: Actor, now: datetime) -> None:
    if not signs:
        return
    for sign in signs:
        PhoneEvent.objects.create(invitation=invitation, sign=sign, at=now)
        audit.record(f"phone.{sign.value}", by=by, now=now, case_reference=case.reference)
        if sign in _TOLD:
            live.publish(
                of_person(invitation.sent_by_id),
                "phone.told",
                now=now,
                reference=case.reference,
                words=sign.label,
            )
    news.tell(PhoneChanged(invitation, now))
    cases.tell_changed(case, now=now)
