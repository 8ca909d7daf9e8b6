from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from openrvr.foundation.live.queries import position
from openrvr.foundation.live.streams import of_account
from openrvr.foundation.live.tokens import stream_token
from openrvr.foundation.people.access import needs, signed_in
from openrvr.foundation.people.roles import Role


@needs(*Role)
@require_POST
def renew_token(request: HttpRequest) -> JsonResponse:
    """A new token for the streams of whoever is signed in: a page that stays open asks for it."""
    return JsonResponse(
        {"token": stream_token(of_account(signed_in(request))), "position": position()}
    )
