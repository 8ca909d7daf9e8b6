"""What she tells without a sound, at the officer's end of the call."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from openrvr.foundation.kit.requests import identifier, json_body
from openrvr.foundation.people.access import needs, signed_in
from openrvr.foundation.people.roles import Role
from openrvr.journey.call.models import Call
from openrvr.journey.silent import actions as silent

for_officers = needs(Role.OFFICER)


@for_officers
@require_POST
def ask_hearing(request: HttpRequest, call_id: uuid.UUID) -> JsonResponse:
    """“Can anyone hear you?” comes up on her screen, without a sound."""
    account = signed_in(request)
    call = get_object_or_404(Call, pk=call_id, officer=account, ended_at=None)
    silent.ask_hearing(call.pk, by=account, now=timezone.now())
    return JsonResponse({})


@for_officers
@require_POST
def relay_alarm(request: HttpRequest, call_id: uuid.UUID) -> JsonResponse:
    """Her alarm came with a beat of the call: her own way to the server was cut off."""
    call = get_object_or_404(Call, pk=call_id, officer=signed_in(request))
    silent.raise_alarm(
        call.invitation,
        key=identifier(json_body(request), "key"),
        ago=timedelta(0),
        came_by=silent.BY_THE_OFFICERS_BROWSER,
        now=timezone.now(),
    )
    return JsonResponse({})
