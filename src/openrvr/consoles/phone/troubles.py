"""What is wrong with her camera or her connection, each as a page of its own, in her words."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from openrvr.consoles.phone.access import address_of, invitation_of
from openrvr.consoles.phone.handsets import make_of
from openrvr.consoles.phone.views import drawn
from openrvr.foundation.kit.requests import flag, json_body
from openrvr.foundation.people.access import open_to_all
from openrvr.journey.invitation import actions as invitations
from openrvr.journey.invitation.actions import LinkUnusable
from openrvr.journey.invitation.troubles import Trouble

her_link = open_to_all("the link in her text is the key")
her_phone = open_to_all("the cookie that is bound to her phone is the key")

# Her page cannot report that no script runs: the staff see on which rung she is, and why.
_NO_SCRIPT = "no-script"
# Needs no page: it is told to her where she turns the sound on.
_WITHOUT_PAGE = (Trouble.MICROPHONE_IN_USE,)
PAGES = frozenset({_NO_SCRIPT, *(each.value for each in Trouble if each not in _WITHOUT_PAGE)})


@her_phone
@require_GET
def trouble(request: HttpRequest, name: str) -> HttpResponse:
    """The page of one trouble, to be shown in place of the step that she is at.

    The one of no script is whole: nothing could put it anywhere.
    """
    invitation_of(request)
    if name not in PAGES:
        raise Http404
    make = make_of(request.headers.get("User-Agent", ""))
    return drawn(request, f"phone/troubles/{name}.html", {"make": make})


@her_phone
@require_POST
def phone_call(request: HttpRequest) -> JsonResponse:
    """Whether the phone call that brought her here goes on."""
    invitation, body = invitation_of(request), json_body(request)
    invitations.note_phone_call(invitation, goes_on=flag(body, "goes_on"), now=timezone.now())
    return JsonResponse({})


@her_link
@require_POST
def in_app(request: HttpRequest, token: str) -> JsonResponse:
    """Her link is shown inside an app: whoever has her on the line can tell her the way out."""
    address, now = address_of(request), timezone.now()
    try:
        invitations.note_in_app(token, address=address, now=now)
    except LinkUnusable:
        invitations.note_guess(address=address, now=now)
        raise
    return JsonResponse({})
