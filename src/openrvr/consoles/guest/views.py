"""Whoever is asked into a call. No account: the link, then a cookie in their browser."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openrvr.foundation.kit.speculation import not_ahead_of_time
from openrvr.foundation.live import queries as live
from openrvr.foundation.live.streams import of_guest
from openrvr.foundation.live.tokens import stream_token
from openrvr.foundation.people.access import open_to_all
from openrvr.foundation.policy.queries import policy
from openrvr.journey.call.guests import actions as guests
from openrvr.journey.call.guests.actions import NotLetIn
from openrvr.journey.call.models import Guest
from openrvr.journey.call.queries import for_guest
from openrvr.journey.invitation import actions as invitations
from openrvr.journey.invitation.actions import TooManyGuesses
from openrvr.journey.invitation.tokens import is_device_secret, new_device_secret

COOKIE = "g"
# A reload comes back for as long as a call may last.
COOKIE_LIFE = timedelta(hours=8)

their_link = open_to_all("the link that they were given is the key")
their_browser = open_to_all("the cookie that is bound to the guest's browser is the key")


@their_link
@not_ahead_of_time
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Behind the link. Looking at it uses nothing up; the button does."""
    now, address = timezone.now(), str(request.META.get("REMOTE_ADDR", ""))
    try:
        invitations.must_not_guess(address=address, now=now)
        if request.method == "POST":
            given = request.POST.get("secret", "")
            secret = given if is_device_secret(given) else new_device_secret()
            guests.open_link(token, device_secret=secret, now=now)
            response = redirect("guest")
            response.set_cookie(
                COOKIE,
                secret,
                max_age=COOKIE_LIFE,
                httponly=True,
                samesite="Lax",
                secure=settings.SECURE,
            )
            return response
        found = guests.usable(token, now=now)
    except (NotLetIn, TooManyGuesses):
        if _is_mine(request, token):
            return redirect("guest")
        invitations.note_guess(address=address, now=now)
        return nothing_here(request)
    return _drawn(request, "guest/hello.html", found, token=token, secret=new_device_secret())


@their_browser
@not_ahead_of_time
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Camera, call and thanks in one page: a reload comes back to where it was."""
    try:
        found = _mine(request)
    except NotLetIn:
        response = nothing_here(request)
        response.delete_cookie(COOKIE, samesite="Lax")
        return response
    position = live.position()  # before the state: an event in between is shown twice, not never
    return _drawn(
        request,
        "guest/page.html",
        found,
        state=_state(found),
        live={
            "token": stream_token([of_guest(found.pk)]),
            "position": position,
            "token_url": reverse("guest_live_token"),
        },
    )


@their_browser
@require_GET
def state(request: HttpRequest) -> JsonResponse:
    return JsonResponse(_state(_mine(request)))


@their_browser
@require_POST
def live_token(request: HttpRequest) -> JsonResponse:
    found = _mine(request)
    token = stream_token([of_guest(found.pk)])
    return JsonResponse({"token": token, "position": live.position()})


@their_browser
@require_POST
def join(request: HttpRequest) -> JsonResponse:
    """The guest is ready, and comes in."""
    return JsonResponse(_state(guests.join(_mine(request), now=timezone.now())))


@their_browser
@require_POST
def leave(request: HttpRequest) -> JsonResponse:
    guests.leave(_mine(request), now=timezone.now())
    return JsonResponse({})


def nothing_here(request: HttpRequest) -> HttpResponse:
    """The same for a used, expired, unknown or guessed link, and once the call is over."""
    return render(request, "guest/over.html", status=404)


def _is_mine(request: HttpRequest, token: str) -> bool:
    """Whether this browser opened this very link before: it goes on where it was."""
    try:
        return guests.is_link_of(_mine(request), token)
    except NotLetIn:
        return False


def _mine(request: HttpRequest) -> Guest:
    return guests.of_device(request.COOKIES.get(COOKIE, ""))


def _state(found: Guest) -> dict[str, Any]:
    now = timezone.now()
    return {"now": now.isoformat(), "call": for_guest(found, now) if found.is_in else None}


def _drawn(request: HttpRequest, template: str, found: Guest, **more: Any) -> HttpResponse:
    return render(request, template, {"guest": found, "force": policy().force, **more})
