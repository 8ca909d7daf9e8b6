"""What she writes on her phone and what is written to her: for the sheet, and as a plain page."""

from __future__ import annotations

import time
import uuid

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openrvr.consoles.phone.access import invitation_of
from openrvr.consoles.phone.views import drawn, harmless, her_phone
from openrvr.foundation.kit.requests import NotUnderstood
from openrvr.foundation.live.allowance import Allowance
from openrvr.foundation.refusal import Refused
from openrvr.journey.chat import actions as chat
from openrvr.journey.chat import queries
from openrvr.journey.chat.models import LONGEST
from openrvr.journey.chat.pages import after_of, for_her, line_for_her, said_in, until_of
from openrvr.journey.invitation.actions import LinkUnusable
from openrvr.journey.invitation.models import Invitation

# Her page says that she is writing every three seconds at the most.
_writing = Allowance(most=3, per_second=0.5)


@her_phone
@require_GET
def lines(request: HttpRequest) -> JsonResponse:
    """What is new since the line `?after=`."""
    thread = queries.of_invitation(invitation_of(request), after=after_of(request))
    return JsonResponse(for_her(thread))


@her_phone
@require_POST
def say(request: HttpRequest) -> JsonResponse:
    invitation, (words, key) = invitation_of(request), said_in(request)
    line = chat.say(invitation, words, key=key, now=timezone.now())
    return JsonResponse(line_for_her(line), status=201)


@her_phone
@require_POST
def shown(request: HttpRequest) -> JsonResponse:
    """What was written to her has been on her screen, to this line."""
    invitation, until = invitation_of(request), until_of(request)
    chat.note_shown_to_her(invitation, until=until, now=timezone.now())
    return JsonResponse({})


@her_phone
@require_POST
def writing(request: HttpRequest) -> JsonResponse:
    """She is writing at this moment."""
    invitation = invitation_of(request)
    if not _writing.take(str(invitation.pk), 1, time.monotonic()):
        raise chat.TooFast
    chat.tell_writing(invitation)
    return JsonResponse({})


@her_phone
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """The same thread as a page that needs no script."""
    try:
        invitation = invitation_of(request)
    except LinkUnusable:
        return harmless(request)
    if request.method == "GET":
        return _page(request, invitation)
    given = request.POST.get("words", "")
    try:
        chat.say(invitation, given, key=_key_of_form(request), now=timezone.now())
    except Refused as refusal:
        return _page(request, invitation, problem=str(refusal), words=given)
    return redirect("phone_write")


def _page(
    request: HttpRequest, invitation: Invitation, *, problem: str = "", words: str = ""
) -> HttpResponse:
    thread = queries.of_invitation(invitation)
    if thread.lines:
        chat.note_shown_to_her(invitation, until=thread.lines[-1].pk, now=timezone.now())
    context = {
        "thread": thread,
        "longest": LONGEST,
        # With the form: when it is sent again, because no answer came, it is the same line.
        "key": _key_of_form(request) if problem else uuid.uuid4(),
        "problem": problem,
        "words": words,
    }
    return drawn(request, "phone/write.html", context)


def _key_of_form(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        raise NotUnderstood from None
