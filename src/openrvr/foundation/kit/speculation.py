"""Browsers fetch, and even run, pages that nobody has opened yet. A call is for who opens it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse

# What a browser says when it fetches ahead: the standard's, Chromium's older one, Firefox's, and
# Safari's for the picture of a page that it shows beside a link.
_SAYS = ("Sec-Purpose", "Purpose", "X-Moz", "X-Purpose")
_AHEAD = ("prefetch", "prerender", "preview")


def not_ahead_of_time(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answers nobody who only fetches ahead; the browser asks again when the page is opened.

    A page that was run before anybody looks would take the call from the one that is open. 503 is
    what a browser throws away; an empty answer it might show.
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if is_ahead_of_time(request):
            return HttpResponse(status=503)
        return view(request, *args, **kwargs)

    return answered


def is_ahead_of_time(request: HttpRequest) -> bool:
    """Whether a browser fetches this before anybody has asked for it."""
    said = " ".join(request.headers.get(name, "") for name in _SAYS).lower()
    return any(word in said for word in _AHEAD)
