"""The band of alarms, the same on every screen that can answer it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from openrvr.foundation.audit import actions as audit
from openrvr.foundation.kit.fragments import fragment
from openrvr.foundation.people.access import needs, signed_in
from openrvr.foundation.people.roles import Role
from openrvr.journey.escalation import actions
from openrvr.journey.escalation.models import PhysicalRequest
from openrvr.journey.escalation.queries import alarming

for_the_room = needs(Role.CALL_TAKER, Role.SUPERVISOR)


@for_the_room
@require_safe
def alarms(request: HttpRequest) -> HttpResponse:
    """Every patrol that nobody has acknowledged."""
    audit.looked("list.looked", by=signed_in(request).actor, now=timezone.now())
    return _band(request)


@for_the_room
@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """A person has the patrol: the alarm ends."""
    get_object_or_404(PhysicalRequest, pk=pk)
    actions.acknowledge(pk, by=signed_in(request), now=timezone.now())
    return _band(request) if "HX-Request" in request.headers else redirect("home")


def _band(request: HttpRequest) -> HttpResponse:
    return fragment(request, "escalation/alarms.html", lambda: {"alarms": alarming()})
