"""Handing a call to another officer, and taking one over."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from openrvr.consoles.officer_desk.queries import ticket
from openrvr.consoles.officer_desk.views import case_fragment, for_officers
from openrvr.foundation.kit.requests import NotUnderstood
from openrvr.foundation.people.access import signed_in
from openrvr.foundation.people.models import Account
from openrvr.journey.call.models import Call, Relief
from openrvr.journey.call.relief import actions as relief


@for_officers
@require_POST
def ask(request: HttpRequest, call_id: uuid.UUID) -> HttpResponse:
    """Another officer is asked to take the call over."""
    call = get_object_or_404(Call.objects.select_related("case"), pk=call_id)
    officer_id = request.POST.get("officer", "")
    if not officer_id.isdecimal():
        raise NotUnderstood("Choose who takes it over.")
    officer = get_object_or_404(Account, pk=officer_id, is_active=True)
    relief.ask(call.pk, officer, by=signed_in(request), now=timezone.now())
    return case_fragment(request, lambda: call.case.reference)


@for_officers
@require_POST
def accept(request: HttpRequest, relief_id: uuid.UUID) -> JsonResponse:
    """In the call, beside the officer who has it."""
    account, now = signed_in(request), timezone.now()
    get_object_or_404(Relief, pk=relief_id, officer=account)
    return JsonResponse(ticket(relief.accept(relief_id, by=account, now=now), account, now))


@for_officers
@require_POST
def take_over(request: HttpRequest, call_id: uuid.UUID) -> JsonResponse:
    """A supervisor takes the call from its officer: in it, beside the officer who has it."""
    account, now = signed_in(request), timezone.now()
    get_object_or_404(Call, pk=call_id)
    return JsonResponse(ticket(relief.take_over(call_id, by=account, now=now), account, now))


@for_officers
@require_POST
def finish(request: HttpRequest, call_id: uuid.UUID) -> JsonResponse:
    """It is recorded here, too: from now on it is this officer's call."""
    get_object_or_404(Call, pk=call_id)
    relief.finish(call_id, by=signed_in(request), now=timezone.now())
    return JsonResponse({})


@for_officers
@require_POST
def take_back(request: HttpRequest, relief_id: uuid.UUID) -> JsonResponse:
    get_object_or_404(Relief, pk=relief_id)
    relief.take_back(relief_id, by=signed_in(request), now=timezone.now())
    return JsonResponse({})
