"""The call-taker's page and its fragments. What is pressed on it is in `presses.py`."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from openrvr.consoles.control_room import queries
from openrvr.foundation.audit import actions as audit
from openrvr.foundation.cases.models import Case
from openrvr.foundation.kit.fragments import fragment
from openrvr.foundation.kit.requests import NotUnderstood, json_body, text
from openrvr.foundation.live.pages import stream_of
from openrvr.foundation.people.access import needs, signed_in
from openrvr.foundation.people.roles import Role
from openrvr.journey.escalation.queries import alarming
from openrvr.journey.intake import actions as intake
from openrvr.journey.silent.queries import alarms_for

for_the_room = needs(Role.CALL_TAKER, Role.SUPERVISOR)


@for_the_room
@require_safe
def page(request: HttpRequest, reference: str = "") -> HttpResponse:
    """The whole screen, with one report or none."""
    account, now = signed_in(request), timezone.now()
    # Before everything else is read: an event in between is shown twice, not never.
    live = stream_of(account)
    audit.looked("list.looked", by=account.actor, now=now)
    context = {
        "live": live,
        "key": uuid.uuid4(),
        "reference": reference,
        **queries.room(account, now),
        "alarms": alarming(),
        "silent_alarms": alarms_for(account),
        **(_desk(request, reference) if reference else {"case": None}),
    }
    return render(request, "control_room/page.html", context)


@for_the_room
@require_safe
def room(request: HttpRequest) -> HttpResponse:
    """Promises and open reports; `?at=` is the report that the page shows."""
    account, now = signed_in(request), timezone.now()
    audit.looked("list.looked", by=account.actor, now=now)
    here = {"reference": request.GET.get("at", "")}
    return fragment(request, "control_room/room.html", lambda: here | queries.room(account, now))


@for_the_room
@require_safe
def desk(request: HttpRequest, reference: str) -> HttpResponse:
    """One report, to be morphed into the page."""
    return desk_fragment(request, reference)


@for_the_room
@require_POST
def new_report(request: HttpRequest) -> HttpResponse:
    """Open a report. The page's own key makes a double click open one."""
    try:
        key = uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        raise NotUnderstood from None
    report = intake.start_report(by=signed_in(request), now=timezone.now(), key=key)
    return redirect("case", report.case.reference)


@for_the_room
@require_POST
def write(request: HttpRequest, reference: str) -> JsonResponse:
    """One field, as it is typed; refused with 409 where a colleague's words stand there now."""
    body, now = json_body(request), timezone.now()
    warning = intake.write_field(
        case_of(reference).pk,
        text(body, "field", longest=30),
        was=text(body, "was", longest=8000),
        value=text(body, "now", longest=8000),
        by=signed_in(request),
        now=now,
    )
    return JsonResponse({"saved": now.isoformat(), "warning": warning})


def case_of(reference: str) -> Case:
    return get_object_or_404(Case.objects.select_related("report"), reference=reference)


def desk_fragment(request: HttpRequest, reference: str) -> HttpResponse:
    """The report as it now is; a press without htmx is led back to the page."""
    if request.method == "POST" and "HX-Request" not in request.headers:
        return redirect("case", reference)
    return fragment(request, "control_room/desk.html", lambda: _desk(request, reference))


def _desk(request: HttpRequest, reference: str) -> dict[str, Any]:
    account, now = signed_in(request), timezone.now()
    found = case_of(reference)
    audit.looked("case.looked", by=account.actor, now=now, case_reference=reference)
    return queries.desk_of(found, account, now)
