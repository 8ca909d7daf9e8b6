"""What she sends from her phone: photographs that the officer asks for, and files of her own."""

from __future__ import annotations

import uuid
from dataclasses import asdict

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from openrvr.consoles.phone.access import invitation_of
from openrvr.foundation.kit.requests import NotUnderstood, json_body
from openrvr.foundation.people.access import open_to_all
from openrvr.journey.evidence.uploads import actions as uploads
from openrvr.journey.evidence.uploads.descriptions import HEADER, read_description

her_phone = open_to_all("the cookie that is bound to her phone is the key")


@her_phone
@require_http_methods(["GET"])
def progress(request: HttpRequest, key: uuid.UUID) -> JsonResponse:
    """How much of a file has arrived: after a lost network it goes on from there."""
    return JsonResponse(asdict(uploads.kept_of(invitation_of(request), key)))


@her_phone
@require_http_methods(["PUT"])
def piece(request: HttpRequest, key: uuid.UUID, index: int) -> JsonResponse:
    """One piece of a file; the answer is how much is kept, the same however often it is sent."""
    invitation = invitation_of(request)
    described = read_description(request.headers.get(HEADER, ""), key=key)
    kept = uploads.keep(invitation, described, index, request.read(), now=timezone.now())
    return JsonResponse(asdict(kept), status=201)


@her_phone
@require_POST
def decline(request: HttpRequest) -> JsonResponse:
    """She would rather not be photographed: that is an answer, and needs no reason."""
    invitation, asked = invitation_of(request), json_body(request).get("request")
    if isinstance(asked, bool) or not isinstance(asked, int):
        raise NotUnderstood
    uploads.decline(invitation, asked, now=timezone.now())
    return JsonResponse({})
