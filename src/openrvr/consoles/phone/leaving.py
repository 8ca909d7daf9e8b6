"""Exit this page: it ends on the server first, then her browser is led to an everyday page."""

from __future__ import annotations

import logging
from contextlib import suppress

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from openrvr.consoles.phone.access import forget, invitation_of
from openrvr.foundation.kit.errors import DATABASE_AWAY
from openrvr.foundation.people.access import open_to_all
from openrvr.foundation.people.actors import victim
from openrvr.foundation.policy.queries import policy
from openrvr.journey.call import actions as calls
from openrvr.journey.call.models import EndedBy
from openrvr.journey.call.queries import live_of_phone
from openrvr.journey.invitation import actions as invitations
from openrvr.journey.invitation.actions import LinkUnusable
from openrvr.journey.invitation.models import Invitation
from openrvr.journey.waiting import actions as waitings

log = logging.getLogger(__name__)


# Without a token against forged requests: a page that has been open too long must let her go. Her
# cookie is not sent along by a page from elsewhere (`SameSite=Lax`), so nobody else can end it.
@csrf_exempt
@open_to_all("the cookie that is bound to her phone is the key")
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """She exits or hangs up: it ends here first, then on the phone. Never an error to her.

    Her page's script is answered; without it the button is a form's, and she is led away at once.
    """
    try:
        _end(request)
    except DATABASE_AWAY:
        # She must get away all the same. Her link stays as it was, and her officer sees her go.
        log.exception("She left, and it could not be ended here.")
    by_script = request.content_type == "application/json"
    response = JsonResponse({"step": "over"}) if by_script else _led_away()
    if request.COOKIES:
        forget(response)
    return response


def _led_away() -> HttpResponse:
    response = HttpResponseRedirect(policy().exit_address or reverse("phone_over"))
    response.status_code = 303
    response["Referrer-Policy"] = "no-referrer"
    return response


def _end(request: HttpRequest) -> None:
    with suppress(LinkUnusable):  # It had ended already: only the cookie is left to forget.
        _leave(invitation_of(request, counted=False))


def _leave(invitation: Invitation) -> None:
    now = timezone.now()
    call = live_of_phone(invitation)
    if call:
        calls.hang_up(call.pk, by=victim(invitation.pk), ended_by=EndedBy.VICTIM, now=now)
    else:
        waitings.she_left(invitation, now=now)
        invitations.end_by_her(invitation, now=now)
