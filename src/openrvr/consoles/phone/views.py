"""The victim's pages. No account: the link, then a cookie that is bound to her phone."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openrvr.consoles.phone.access import COOKIE, address_of, bind, forget, invitation_of, renew
from openrvr.consoles.phone.handsets import app_around, intent_for, make_of
from openrvr.consoles.phone.language import asked_for, came_from, speak, speak_as_the_phone_does
from openrvr.consoles.phone.queries import is_probably_on_phone, state_of
from openrvr.foundation.kit.requests import NotUnderstood, flag, identifier, json_body, text
from openrvr.foundation.kit.speculation import not_ahead_of_time
from openrvr.foundation.live import queries as live
from openrvr.foundation.live.streams import WAITING_ROOM, of_phone
from openrvr.foundation.live.tokens import stream_token
from openrvr.foundation.people.access import open_to_all
from openrvr.foundation.policy.queries import policy
from openrvr.journey.call import actions as calls
from openrvr.journey.call.link.actions import note as note_readings
from openrvr.journey.call.link.readings import read as readings_of
from openrvr.journey.call.models import EndedBy, Side
from openrvr.journey.evidence import actions as evidence
from openrvr.journey.invitation import actions as invitations
from openrvr.journey.invitation.actions import LinkUnusable
from openrvr.journey.invitation.models import Invitation
from openrvr.journey.invitation.tokens import is_device_secret, new_device_secret
from openrvr.journey.waiting import actions as waitings

her_link = open_to_all("the link in her text is the key")
her_phone = open_to_all("the cookie that is bound to her phone is the key")


@her_link
@not_ahead_of_time
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link. Looking at it uses nothing up, so that previews may; a tap does."""
    now, address = timezone.now(), address_of(request)
    try:
        if request.method == "POST":
            secret = _secret_of_form(request)
            opened = invitations.open_link(token, device_secret=secret, address=address, now=now)
            # What she chose on the first page, which uses nothing up and so writes nothing down.
            _choose_language(opened, request)
            # Not a redirect: on a poor network each way there and back is a second. The page gives
            # itself its own address, so that a reload does not send the form again.
            response = _page(request, opened)
            bind(response, secret)
            return response
        invitation = invitations.usable(token, address=address, now=now)
    except LinkUnusable:
        if _is_mine(request, token):
            return HttpResponseRedirect(reverse("phone"))
        invitations.note_guess(address=address, now=now)
        return harmless(request)
    speak(asked_for(request.GET.get("language"), otherwise=invitation.language))
    return drawn(request, *_first_page(request, token))


def _first_page(request: HttpRequest, token: str) -> tuple[str, dict[str, Any]]:
    """The page of the tap; before it, inside an app that can hardly do video, the way out of it.

    `?here` is for whoever wants to go on all the same, `?app` from a page that has noticed by
    itself what the User-Agent does not tell.
    """
    agent = request.headers.get("User-Agent", "")
    app = app_around(agent)
    if "here" in request.GET or (app is None and "app" not in request.GET):
        return "phone/hello.html", {"token": token, "secret": new_device_secret()}
    address = request.build_absolute_uri(request.path)
    return "phone/in_app.html", {
        "token": token,
        "app": app or "",
        "make": make_of(agent),
        "address": address,
        "intent": intent_for(address),
    }


@her_phone
@not_ahead_of_time
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """All the rest, in one page: camera, waiting, call, thank you. A reload comes back to it."""
    try:
        response = _page(request, invitation_of(request))
    except LinkUnusable:
        return harmless(request)
    renew(request, response)
    return response


def _page(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    now = timezone.now()
    speak(invitation.language)
    position = live.position()  # before the state: an event in between is shown twice, not never
    context = {
        "state": state_of(invitation, now),
        "is_probably_on_phone": is_probably_on_phone(invitation),
        "make": make_of(request.headers.get("User-Agent", "")),
        "advice": policy().advice_in(invitation.language),
        "recording": policy().recording_in(invitation.language),
        "live": {
            "token": _token(invitation),
            "position": position,
            "token_url": reverse("phone_live_token"),
        },
    }
    return drawn(request, "phone/page.html", context)


@her_phone
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Another language for all her pages. A call goes on: the page comes back to it, as always."""
    try:
        _choose_language(invitation_of(request), request)
    except LinkUnusable:
        return harmless(request)
    return HttpResponseRedirect(came_from(request))


@her_phone
@require_GET
def state(request: HttpRequest) -> JsonResponse:
    return JsonResponse(state_of(invitation_of(request), timezone.now()))


@her_phone
@require_POST
def live_token(request: HttpRequest) -> JsonResponse:
    invitation = invitation_of(request)
    return JsonResponse({"token": _token(invitation), "position": live.position()})


@her_phone
@require_POST
def devices(request: HttpRequest) -> JsonResponse:
    """Her page tells whether camera and microphone work, or what is wrong."""
    invitation, body = invitation_of(request), json_body(request)
    invitations.note_devices(
        invitation,
        camera=flag(body, "camera"),
        microphone=flag(body, "microphone"),
        trouble=text(body, "trouble", longest=200),
        now=timezone.now(),
    )
    return JsonResponse({})


@her_phone
@require_POST
def check_in(request: HttpRequest) -> JsonResponse:
    """She is ready: an officer is rung."""
    invitation, now = invitation_of(request), timezone.now()
    if state_of(invitation, now)["step"] == "check_in":
        evidence.tell(invitation, language=invitation.language, now=now)
        waitings.check_in(invitation, now=now)
    return JsonResponse(state_of(invitation, timezone.now()))


@her_phone
@require_POST
def seen(request: HttpRequest) -> JsonResponse:
    """The officer's picture is on her screen."""
    calls.note_first_frame(_my_call(request), seen_by=EndedBy.VICTIM, now=timezone.now())
    return JsonResponse({})


@her_phone
@require_POST
def readings(request: HttpRequest) -> JsonResponse:
    """What her page has read of its connection."""
    given = readings_of(json_body(request).get("readings"))
    note_readings(_my_call(request), Side.PHONE, given, now=timezone.now())
    return JsonResponse({})


@her_phone
@require_GET
def over(request: HttpRequest) -> HttpResponse:
    """The page she is left with: harmless. Being led here from elsewhere ends nothing."""
    return harmless(request, status=200)


def harmless(request: HttpRequest, status: int = 404) -> HttpResponse:
    """The same for a used, expired, revoked, unknown or guessed link, in the phone's language."""
    speak_as_the_phone_does(request)
    response = drawn(request, "phone/harmless.html", {}, status=status)
    if COOKIE in request.COOKIES and not _is_bound(request):
        forget(response)
    return response


def drawn(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page of hers, with what only hers are to have."""
    response = render(request, template, context, status=status)
    # As django-csp's own decorator of views does it.
    policy_of_hers = {"script-src": settings.SCRIPTS_OF_HER_PAGES}
    response._csp_replace = policy_of_hers  # type: ignore[attr-defined]  # noqa: SLF001
    # Unlike the staff's: a browser that is told to part from the opener starts a second process
    # before it draws the page. A link in a text has no opener. See docs/security.md.
    response["Cross-Origin-Opener-Policy"] = "unsafe-none"
    return response


def _choose_language(invitation: Invitation, request: HttpRequest) -> None:
    chosen = asked_for(request.POST.get("language"), otherwise=invitation.language)
    if chosen != invitation.language:
        invitations.choose_language(invitation, chosen, now=timezone.now())


def _my_call(request: HttpRequest) -> uuid.UUID:
    invitation = invitation_of(request)
    call_id = identifier(json_body(request), "call")
    if not invitation.calls.filter(pk=call_id).exists():
        raise NotUnderstood("This is not your call.")
    return call_id


def _secret_of_form(request: HttpRequest) -> str:
    """The secret that came with the page: the same again, when the tap is sent again."""
    given = request.POST.get("secret", "")
    return given if is_device_secret(given) else new_device_secret()


def _is_mine(request: HttpRequest, token: str) -> bool:
    """Whether this phone opened this very link before: it goes on where it was."""
    try:
        return invitations.is_link_of(invitation_of(request), token)
    except LinkUnusable:
        return False


def _is_bound(request: HttpRequest) -> bool:
    """Whether this phone is in the middle of something."""
    try:
        invitation_of(request)
    except LinkUnusable:
        return False
    return True


def _token(invitation: Invitation) -> str:
    return stream_token([of_phone(invitation.pk), WAITING_ROOM])
