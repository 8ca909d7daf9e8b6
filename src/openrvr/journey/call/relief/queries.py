"""Who takes a call over, and who may be asked to."""

from __future__ import annotations

from openrvr.foundation.people.models import Account
from openrvr.foundation.people.roles import Role
from openrvr.journey.call.models import Call, Relief
from openrvr.journey.waiting.models import Duty


def open_of(call: Call) -> Relief | None:
    """The one that is asked for, or under way."""
    return call.reliefs.filter(done_at=None, ended_at=None).select_related("officer").first()


def asked_of(officer: Account) -> Relief | None:
    """What this officer is asked to take over, and has not answered."""
    found = Relief.objects.filter(officer=officer, accepted_at=None, done_at=None, ended_at=None)
    return found.select_related("call__case", "relieved").first()


def is_in(call: Call, officer: Account) -> bool:
    """Whether this is the officer's call, or is about to be."""
    return call.officer_id == officer.pk or (
        call.reliefs.filter(
            officer=officer, accepted_at__isnull=False, done_at=None, ended_at=None
        ).exists()
    )


def who_could(but: Account) -> list[Account]:
    """Officers on duty who are in no call."""
    free = Duty.objects.filter(until=None, engaged=False).exclude(officer=but)
    return [duty.officer for duty in free.select_related("officer").order_by("officer__name")]


def could_take_over(by: Account) -> list[Call]:
    """The calls of others that go on, the longest first, for a supervisor; nothing for others."""
    if not by.has_any(Role.SUPERVISOR):
        return []
    going_on = Call.objects.filter(ended_at=None).exclude(officer=by)
    return list(going_on.select_related("officer", "case").order_by("started_at"))
