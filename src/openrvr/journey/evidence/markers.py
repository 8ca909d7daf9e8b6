"""What the officer marks while she sees it, to be found again at once."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from openrvr.foundation.people.models import Account
from openrvr.foundation.policy.queries import policy
from openrvr.foundation.refusal import Refused
from openrvr.foundation.unit_of_work import unit_of_work
from openrvr.journey.call.models import Call
from openrvr.journey.evidence import custody_log
from openrvr.journey.evidence.actions import recording_of
from openrvr.journey.evidence.models import CustodyEntry, Exhibit

MARKER = "marker"
# A press whose answer was lost on the way is sent again.
SAME_PRESS = timedelta(seconds=5)


class NotInThisCall(Refused):
    """A marker says what the officer in the call saw, and nobody else saw it so."""

    status = 403

    def __init__(self) -> None:
        super().__init__("Only the officer in the call sets its markers.")


class CallIsOver(Refused):
    """A marker is set at the moment it is about."""

    def __init__(self) -> None:
        super().__init__("The call has ended: nothing in it can be marked any more.")


class NothingToMark(Refused):
    """There is no recording in which the marker could be found again."""

    def __init__(self) -> None:
        super().__init__("Not marked: this call is not being recorded.")


@unit_of_work()
def mark(call_id: uuid.UUID, marker_id: str, *, by: Account, now: datetime) -> CustodyEntry:
    """Mark this moment of a live call. The same marker within `SAME_PRESS` is one press.

    Raises NotInThisCall, CallIsOver, NothingToMark, PolicyFault, Call.DoesNotExist.
    """
    marker = policy().marker(marker_id)
    exhibit = _locked_recording(call_id, by)
    pressed = _pressed_just_now(exhibit, marker.id, by=by, now=now)
    if pressed:
        return pressed
    return custody_log.note(exhibit, MARKER, by=by.actor, now=now, id=marker.id, name=marker.name)


def _locked_recording(call_id: uuid.UUID, by: Account) -> Exhibit:
    recording = recording_of(call_id)
    # The end of the call is noted under the same lock: what comes after it is refused.
    exhibit = custody_log.lock(recording.pk) if recording else None
    call = Call.objects.get(pk=call_id)
    if call.officer_id != by.pk:
        raise NotInThisCall
    if call.ended_at:
        raise CallIsOver
    if exhibit is None:
        raise NothingToMark
    return exhibit


def _pressed_just_now(
    exhibit: Exhibit, marker_id: str, *, by: Account, now: datetime
) -> CustodyEntry | None:
    return CustodyEntry.objects.filter(
        exhibit=exhibit,
        what=MARKER,
        details__id=marker_id,
        by_id=str(by.pk),
        at__gt=now - SAME_PRESS,
        at__lte=now,
    ).first()
