"""What providers call: the receipts of texts."""

from __future__ import annotations

import json
from hmac import compare_digest

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from openrvr.foundation.messages import actions
from openrvr.foundation.messages.ports import Receipt
from openrvr.foundation.messages.providers import notify
from openrvr.foundation.people.access import open_to_all


@csrf_exempt
@open_to_all("GOV.UK Notify proves itself by its bearer token")
@require_POST
def notify_receipt(request: HttpRequest) -> JsonResponse:
    """GOV.UK Notify's callback for delivery receipts.

    A receipt may overtake the commit of the text's reference: it is answered with 404, and
    Notify tries again. A status that changes nothing is answered with 200, so that it does not.
    """
    if not _has_token(request):
        return JsonResponse({"error": "The bearer token is wrong."}, status=401)
    receipt = _read(request.body)
    if receipt and not actions.note_receipt(receipt, now=timezone.now()):
        return JsonResponse({"error": "No text has this reference yet: try again."}, status=404)
    return JsonResponse({"noted": receipt is not None})


def _has_token(request: HttpRequest) -> bool:
    """Whether the request carries the configured token; without one nothing is let in."""
    expected = settings.NOTIFY_CALLBACK_TOKEN
    given = request.headers.get("Authorization", "")
    return bool(expected) and compare_digest(given.encode(), f"Bearer {expected}".encode())


def _read(body: bytes) -> Receipt | None:
    try:
        return notify.receipt(json.loads(body))
    except (ValueError, KeyError, TypeError):
        raise BadRequest("This is not a delivery receipt of GOV.UK Notify.") from None
