"""The lowest rung: a page that any browser can show, without a script."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from openrvr.consoles.phone.access import invitation_of
from openrvr.consoles.phone.queries import state_of, without_a_script
from openrvr.consoles.phone.views import drawn, harmless, her_phone
from openrvr.foundation.kit.requests import NotUnderstood, json_body, text
from openrvr.foundation.people.actors import victim
from openrvr.foundation.policy.queries import policy
from openrvr.foundation.refusal import Refused
from openrvr.journey.call import actions as calls
from openrvr.journey.evidence import actions as evidence
from openrvr.journey.evidence.rules import LARGEST_FORM, LARGEST_PIECE
from openrvr.journey.evidence.screening.kinds import MEGABYTE
from openrvr.journey.evidence.uploads import actions as uploads
from openrvr.journey.evidence.uploads.descriptions import Described
from openrvr.journey.invitation import actions as invitations
from openrvr.journey.invitation.actions import LinkUnusable
from openrvr.journey.invitation.models import Invitation
from openrvr.journey.invitation.rungs import Rung, Why

_HERS = (
    Why.CHOSEN,
    Why.LINK_POOR,
    Why.LINK_GOOD,
    Why.NO_CAMERA,
    Why.NO_MICROPHONE,
    Why.REFUSED,
    Why.NO_CALLS,
)


@her_phone
@require_POST
def rung(request: HttpRequest) -> JsonResponse:
    """Her page goes to another rung of the ladder: she chose it, or her link made it."""
    invitation, body = invitation_of(request), json_body(request)
    try:
        rung, why = Rung(text(body, "rung")), Why(text(body, "why"))
    except ValueError:
        raise NotUnderstood from None
    if why not in _HERS:
        raise NotUnderstood
    now = timezone.now()
    invitations.take_rung(invitation, rung, why=why, by=victim(invitation.pk), now=now)
    return JsonResponse({})


@her_phone
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Photographs, and being rung back. A tap in a browser without scripts comes here as a form."""
    try:
        invitation = invitation_of(request)
        if request.method == "POST":
            _take(invitation, Rung.PLAIN, Why.NO_SCRIPT)
            return HttpResponseRedirect(reverse("phone_plain"))
        return _page(request, invitation)
    except LinkUnusable:
        return harmless(request)


@her_phone
@require_POST
def ring_back(request: HttpRequest) -> HttpResponse:
    """She would rather be rung."""
    try:
        calls.ask_ring_back(invitation_of(request), why=Why.CHOSEN, now=timezone.now())
    except LinkUnusable:
        return harmless(request)
    return HttpResponseRedirect(reverse("phone_plain"))


@her_phone
@require_POST
def photo(request: HttpRequest) -> HttpResponse:
    """One photograph or file, whole. Sent again, because no answer came, it is kept once."""
    try:
        invitation = invitation_of(request)
    except LinkUnusable:
        return harmless(request)
    file = request.FILES.get("file")
    if not file:
        return _page(request, invitation, problem=_("Choose a photo first."), status=400)
    try:
        _keep(request, invitation, file)
    except Refused as refusal:
        return _page(request, invitation, problem=str(refusal), status=refusal.status)
    return HttpResponseRedirect(f"{reverse('phone_plain')}?sent")


@her_phone
@require_POST
def video(request: HttpRequest) -> HttpResponse:
    """She tries it with video again."""
    try:
        _take(invitation_of(request), Rung.VIDEO, Why.CHOSEN)
    except LinkUnusable:
        return harmless(request)
    return HttpResponseRedirect(reverse("phone"))


def _take(invitation: Invitation, rung: Rung, why: Why) -> None:
    by, now = victim(invitation.pk), timezone.now()
    invitations.take_rung(invitation, rung, why=why, by=by, now=now)


def _keep(request: HttpRequest, invitation: Invitation, file: UploadedFile[Any]) -> None:
    content, now = file.read(), timezone.now()
    key, whole = _key(request), hashlib.sha256(content).hexdigest()
    # The page has told her, in the policy's own words.
    evidence.tell(invitation, language=invitation.language, now=now)
    for index, start in enumerate(range(0, max(len(content), 1), LARGEST_PIECE)):
        piece = content[start : start + LARGEST_PIECE]
        described = Described(
            key=key,
            name=(file.name or "")[:200],
            size=len(content),
            sha256=whole,
            piece=hashlib.sha256(piece).hexdigest(),
        )
        uploads.keep(invitation, described, index, piece, now=now)


def _key(request: HttpRequest) -> uuid.UUID:
    """It came with the page: the same again, when the form is sent again."""
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        raise NotUnderstood from None


def _page(
    request: HttpRequest, invitation: Invitation, *, problem: str = "", status: int = 200
) -> HttpResponse:
    state = state_of(invitation, timezone.now())
    if state["step"] == "over":
        return harmless(request)
    context = {
        "state": state,
        **without_a_script(invitation),
        "sent": "sent" in request.GET,
        "problem": problem,
        "key": uuid.uuid4(),
        "largest": LARGEST_FORM // MEGABYTE,
        "recording": policy().recording_in(invitation.language),
    }
    return drawn(request, "phone/plain.html", context, status=status)
