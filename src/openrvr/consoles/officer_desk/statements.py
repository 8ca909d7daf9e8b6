"""The officer's side of a statement: begun, written with her, shown to her."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from openrvr.consoles.officer_desk.views import case_fragment, for_officers
from openrvr.foundation.kit.requests import json_body, text
from openrvr.foundation.people.access import signed_in
from openrvr.journey.call.models import Call
from openrvr.journey.evidence.models import Statement
from openrvr.journey.evidence.statement import actions as statements


@for_officers
@require_POST
def begin(request: HttpRequest, call_id: uuid.UUID) -> HttpResponse:
    """A statement; where one is signed, a correction of it, with its reason."""
    account = signed_in(request)
    call = get_object_or_404(Call, pk=call_id, officer=account)
    reason = request.POST.get("reason", "").replace("\x00", "")[:300]
    statements.begin(call.pk, by=account, now=timezone.now(), reason=reason)
    return case_fragment(request, lambda: call.case.reference)


@for_officers
@require_POST
def write(request: HttpRequest, statement_id: int) -> JsonResponse:
    """One field, saved as it is typed; she sees it where it is shown to her."""
    body, now = json_body(request), timezone.now()
    statements.write(
        _found(statement_id).pk,
        text(body, "field", longest=20),
        was=text(body, "was", longest=20_000),
        value=text(body, "now", longest=20_000),
        by=signed_in(request),
        now=now,
    )
    return JsonResponse({"saved": now.isoformat()})


@for_officers
@require_POST
def show(request: HttpRequest, statement_id: int) -> HttpResponse:
    """On her screen, to be read and signed."""
    found = _found(statement_id)
    statements.show(found.pk, by=signed_in(request), now=timezone.now())
    return case_fragment(request, lambda: found.case.reference)


@for_officers
@require_POST
def take_back(request: HttpRequest, statement_id: int) -> HttpResponse:
    found = _found(statement_id)
    statements.take_back(found.pk, by=signed_in(request), now=timezone.now())
    return case_fragment(request, lambda: found.case.reference)


def _found(statement_id: int) -> Statement:
    return get_object_or_404(Statement.objects.select_related("case"), pk=statement_id)
