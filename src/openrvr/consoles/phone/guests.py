"""Whom she lets into her call."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from openrvr.consoles.phone.access import invitation_of
from openrvr.foundation.kit.requests import flag, json_body
from openrvr.foundation.people.access import open_to_all
from openrvr.journey.call.guests import actions as guests
from openrvr.journey.call.models import Guest

her_phone = open_to_all("the cookie that is bound to her phone is the key")


@her_phone
@require_POST
def answer(request: HttpRequest, guest_id: uuid.UUID) -> JsonResponse:
    """Yes, or no."""
    invitation, agrees = invitation_of(request), flag(json_body(request), "agrees")
    try:
        guests.answer(invitation, guest_id, agrees=agrees, now=timezone.now())
    except Guest.DoesNotExist:
        raise Http404 from None
    return JsonResponse({})
