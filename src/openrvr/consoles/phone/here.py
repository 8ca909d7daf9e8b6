"""Her page tells, every few seconds, that it is there and how her phone is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from openrvr.consoles.phone.access import invitation_of
from openrvr.foundation.kit.requests import NotUnderstood, flag, json_body
from openrvr.foundation.people.access import open_to_all
from openrvr.journey.waiting.phones import actions as phones

her_phone = open_to_all("the cookie that is bound to her phone is the key")


@her_phone
@require_POST
def here(request: HttpRequest) -> JsonResponse:
    invitation, body = invitation_of(request), json_body(request)
    phones.note(
        invitation,
        hidden=flag(body, "hidden"),
        battery=_per_cent(body),
        charging=flag(body, "charging"),
        now=timezone.now(),
    )
    return JsonResponse({})


def _per_cent(body: dict[str, Any]) -> int | None:
    """0 to 100; absent where her browser does not tell."""
    value = body.get("battery")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 100:
        raise NotUnderstood("“battery” is not what it should be.")
    return value
