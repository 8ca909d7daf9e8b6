"""The band of silent alarms: on the screen of whoever answers for them, and on nobody else's."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from openrvr.foundation.audit import actions as audit
from openrvr.foundation.kit.fragments import fragment
from openrvr.foundation.people.access import needs, signed_in
from openrvr.foundation.people.roles import Role
from openrvr.journey.silent import actions
from openrvr.journey.silent.models import SilentAlarm
from openrvr.journey.silent.queries import alarms_for

for_whoever_answers = needs(Role.OFFICER, Role.CALL_TAKER, Role.SUPERVISOR)


@for_whoever_answers
@require_safe
def band(request: HttpRequest) -> HttpResponse:
    """Every silent alarm that this person is to answer."""
    audit.looked("list.looked", by=signed_in(request).actor, now=timezone.now())
    return _band(request)


@for_whoever_answers
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """One press: a patrol."""
    get_object_or_404(SilentAlarm, pk=pk)
    actions.confirm(pk, by=signed_in(request), now=timezone.now())
    return _band(request)


@for_whoever_answers
@require_POST
def put_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """No patrol is needed, and why."""
    get_object_or_404(SilentAlarm, pk=pk)
    why = request.POST.get("why", "").replace("\x00", "")
    actions.put_aside(pk, why=why, by=signed_in(request), now=timezone.now())
    return _band(request)


def _band(request: HttpRequest) -> HttpResponse:
    if request.method == "POST" and "HX-Request" not in request.headers:
        return redirect("home")
    account = signed_in(request)
    return fragment(request, "silent/alarms.html", lambda: {"silent_alarms": alarms_for(account)})
