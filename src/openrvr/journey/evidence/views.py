"""Where the officer's browser delivers what it records, and what she marks in it."""

from __future__ import annotations

import base64
import uuid

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from openrvr.foundation.kit.requests import json_body, text
from openrvr.foundation.people.access import needs, signed_in
from openrvr.foundation.people.roles import Role
from openrvr.journey.call.models import Call
from openrvr.journey.call.relief.queries import is_in
from openrvr.journey.evidence import actions, markers, vault
from openrvr.journey.evidence.passes import delivery_pass, may_deliver
from openrvr.journey.evidence.pieces import HEADER, read_piece

for_officers = needs(Role.OFFICER)


@for_officers
@require_POST
def begin(request: HttpRequest, call_id: uuid.UUID) -> JsonResponse:
    """The officer's page asks whether, and with what pass, it records its call."""
    account = signed_in(request)
    call = get_object_or_404(Call, pk=call_id)
    if not is_in(call, account):
        raise Http404
    is_able = json_body(request).get("able") is not False
    actions.begin_recording(call.pk, by=account.actor, now=timezone.now(), is_able=is_able)
    key = vault.signing_key()
    return JsonResponse(
        {
            "pass": delivery_pass(call.pk),
            "key": {"id": key.id, "public": base64.b64encode(key.public).decode()},
        }
    )


@for_officers
@require_http_methods(["PUT"])
def piece(
    request: HttpRequest, call_id: uuid.UUID, track_id: uuid.UUID, index: int
) -> JsonResponse:
    """One slice; the answer is its receipt, the same however often it is sent."""
    account = signed_in(request)
    call = get_object_or_404(Call, pk=call_id)
    if call.officer_id != account.pk and not may_deliver(
        request.headers.get("Delivery-Pass", ""), call_id
    ):
        raise PermissionDenied("This is the recording of another officer's call.")
    described = read_piece(request.headers.get(HEADER, ""), track=track_id, index=index)
    receipt = actions.keep(call_id, described, request.read(), by=account.actor, now=timezone.now())
    return JsonResponse(receipt.as_json(), status=201)


@for_officers
@require_POST
def marker(request: HttpRequest, call_id: uuid.UUID) -> JsonResponse:
    """One key during the call: this moment is to be found again."""
    account = signed_in(request)
    call = get_object_or_404(Call, pk=call_id, officer=account)
    marker_id = text(json_body(request), "marker", longest=60)
    entry = markers.mark(call.pk, marker_id, by=account, now=timezone.now())
    return JsonResponse({"name": entry.details["name"], "at": entry.at.isoformat()})
