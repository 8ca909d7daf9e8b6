"""Asking somebody into the call, and taking them out of it."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from openrvr.consoles.officer_desk.views import case_fragment, for_officers
from openrvr.foundation.kit.requests import NotUnderstood
from openrvr.foundation.people.access import signed_in
from openrvr.foundation.policy.queries import policy
from openrvr.foundation.policy.rules import LONGEST_NAME, PolicyFault
from openrvr.journey.call.guests import actions as guests
from openrvr.journey.call.guests.actions import Asked
from openrvr.journey.call.models import Call, Guest, GuestKind


@for_officers
@require_POST
def ask(request: HttpRequest, call_id: uuid.UUID) -> HttpResponse:
    """She is asked whether this person may come in: from the directory, or as written here."""
    call = get_object_or_404(Call.objects.select_related("case"), pk=call_id)
    guests.ask(call.pk, _who(request), by=signed_in(request), now=timezone.now())
    return case_fragment(request, lambda: call.case.reference)


@for_officers
@require_POST
def end(request: HttpRequest, guest_id: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Guest.objects.select_related("call__case"), pk=guest_id)
    guests.end(found.pk, by=signed_in(request), now=timezone.now())
    return case_fragment(request, lambda: found.call.case.reference)


def _who(request: HttpRequest) -> Asked:
    form = request.POST
    listens = form.get("listens_only") == "yes"
    if form.get("listed"):
        try:
            listed = policy().guests.listed(form["listed"])
        except PolicyFault:
            raise Http404 from None
        return Asked(listed.kind, listed.name, listed.organisation, listed.ring, listens)
    kind, name = form.get("kind", ""), form.get("name", "").strip()
    organisation = form.get("organisation", "").strip()
    if kind not in GuestKind.values or max(len(name), len(organisation)) > LONGEST_NAME:
        raise NotUnderstood
    return Asked(kind, name, organisation, listens_only=listens)
