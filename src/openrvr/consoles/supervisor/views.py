"""The supervisor's wallboard, and the one thing to do with what nobody took: take it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from openrvr.consoles.supervisor import queries
from openrvr.foundation.audit import actions as audit
from openrvr.foundation.cases.models import Case
from openrvr.foundation.kit.fragments import fragment
from openrvr.foundation.kit.requests import NotUnderstood
from openrvr.foundation.live.pages import stream_of
from openrvr.foundation.people.access import needs, signed_in
from openrvr.foundation.people.roles import Role
from openrvr.foundation.promises import actions as promises
from openrvr.foundation.promises.models import Promise
from openrvr.journey.escalation import actions as escalation
from openrvr.journey.escalation.queries import alarming
from openrvr.journey.silent.queries import alarms_for

for_supervisors = needs(Role.SUPERVISOR)


@for_supervisors
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    live = stream_of(signed_in(request))
    context = {
        "live": live,
        "alarms": alarming(),
        "silent_alarms": alarms_for(signed_in(request)),
        **_board(request),
    }
    return render(request, "supervisor/page.html", context)


@for_supervisors
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Figures and lists, to be morphed into the page."""
    return _board_fragment(request)


@for_supervisors
@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer for it by name. Twice is once."""
    get_object_or_404(Promise, pk=pk)
    promises.take(pk, by=signed_in(request), now=timezone.now())
    return _board_fragment(request)


@for_supervisors
@require_POST
def physical(request: HttpRequest, reference: str) -> HttpResponse:
    """One press: a patrol."""
    reason = request.POST.get("reason", "").replace("\x00", "").strip()
    if len(reason) > 300:
        raise NotUnderstood("That is longer than 300 characters: shorten it.")
    found = get_object_or_404(Case, reference=reference)
    escalation.ask(
        found.pk,
        reason=reason or "The supervisor asks for a patrol",
        by=signed_in(request).actor,
        now=timezone.now(),
    )
    return _board_fragment(request)


def _board_fragment(request: HttpRequest) -> HttpResponse:
    if request.method == "POST" and "HX-Request" not in request.headers:
        return redirect("supervisor")
    return fragment(request, "supervisor/board.html", lambda: _board(request))


def _board(request: HttpRequest) -> dict[str, Any]:
    account, now = signed_in(request), timezone.now()
    audit.looked("list.looked", by=account.actor, now=now)
    return {**queries.board(now), **queries.takes(account)}
