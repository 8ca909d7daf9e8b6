"""Which victim this phone belongs to: the cookie that opening the link set."""

from __future__ import annotations

import time
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from openrvr.consoles.phone.language import speak
from openrvr.foundation.live.allowance import Allowance
from openrvr.journey.chat.actions import TooFast
from openrvr.journey.invitation.actions import of_device
from openrvr.journey.invitation.models import Invitation

# A name that says nothing to whoever looks through the phone.
COOKIE = "p"
# A phone ends its browser while something else is in front, and forgets what was for the session
# only. Longer than a call and the wait for it; each look at the page renews it.
COOKIE_LIFE = timedelta(hours=8)


# What a page does in a call is far below it. Each of these is written down, in the order of all.
_doing = Allowance(most=60, per_second=3)


def invitation_of(request: HttpRequest, *, counted: bool = True) -> Invitation:
    """The invitation that this phone opened; what is answered is in its language.

    counted: whether it belongs to what one phone may do at once, where it does something at all.
    Raises LinkUnusable, TooFast.
    """
    invitation = of_device(request.COOKIES.get(COOKIE, ""))
    speak(invitation.language)
    does = counted and request.method == "POST"
    if does and not _doing.take(str(invitation.pk), 1, time.monotonic()):
        raise TooFast
    return invitation


def bind(response: HttpResponse, secret: str) -> None:
    """Make the phone that opened the link the only one that can go on with it."""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=COOKIE_LIFE,
        httponly=True,
        samesite="Lax",
        secure=settings.SECURE,
    )


def renew(request: HttpRequest, response: HttpResponse) -> None:
    """Let the phone know itself again for as long as on the first day."""
    bind(response, request.COOKIES[COOKIE])


def forget(response: HttpResponse) -> None:
    """Leave nothing on the phone."""
    response.delete_cookie(COOKIE, samesite="Lax")
    response.delete_cookie(settings.CSRF_COOKIE_NAME, samesite="Lax")
    # Besides: no page or script of hers is in a cache.
    response["Clear-Site-Data"] = '"cache", "storage"'


def address_of(request: HttpRequest) -> str:
    """The address that guesses are counted by."""
    return str(request.META.get("REMOTE_ADDR", ""))
