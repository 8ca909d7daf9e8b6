"""Errors as sentences: what went wrong, for whoever was about to do something."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

from django.core.exceptions import BadRequest, PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import Http404
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from psycopg.errors import DiskFull
from psycopg_pool import PoolTimeout

from openrvr.foundation.refusal import Refused

log = logging.getLogger(__name__)

RESTARTING = gettext_noop("The service is restarting. Nothing is lost: try again in a few seconds.")
NO_ROOM = gettext_noop(
    "The service has no room left to write. Nothing is lost: tell those who run it, then try again."
)

DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeout)

TITLES = {
    400: gettext_noop("That did not work"),
    403: gettext_noop("This is not for you"),
    404: gettext_noop("There is nothing here"),
    405: gettext_noop("That did not work"),
    409: gettext_noop("Something changed meanwhile"),
    413: gettext_noop("That is too large"),
    422: gettext_noop("That did not work"),
    429: gettext_noop("Too many tries"),
    500: gettext_noop("Something went wrong"),
    503: gettext_noop("One moment"),
}


def sentence(
    request: HttpRequest, text: str, status: int, details: dict[str, str] | None = None
) -> HttpResponse:
    """An error in the form the asker can read: a page, or JSON."""
    if _is_from_script(request):
        response: HttpResponse = JsonResponse({"error": text, **(details or {})}, status=status)
    else:
        context = {"title": _(TITLES.get(status, TITLES[500])), "sentence": text}
        response = render(request, "kit/error.html", context, status=status)
    # It may name whom it is about.
    add_never_cache_headers(response)
    return response


def _is_from_script(request: HttpRequest) -> bool:
    """A page's script, htmx among them, reads the sentence out of JSON and shows it."""
    return (
        "application/json" in request.headers.get("Accept", "")
        or request.content_type == "application/json"
        or "HX-Request" in request.headers
    )


class SentencesForErrors:
    """Turns what a view raises into a sentence; what nobody foresaw is logged whole."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405:
            return sentence(request, _("This address does not take that kind of request."), 405)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Refused):
            return sentence(request, str(error), error.status, error.details)
        return _database_is_away(request, error) if isinstance(error, DATABASE_AWAY) else None


def _database_is_away(request: HttpRequest, error: Exception) -> HttpResponse:
    log.warning("the database is away: %s", error)
    words = _(NO_ROOM if isinstance(error.__cause__, DiskFull) else RESTARTING)
    if _is_from_script(request):
        answer: HttpResponse = JsonResponse({"error": words}, status=503)
    else:
        # Not a template: those ask the database who is signed in.
        answer = HttpResponse(words, status=503, content_type="text/plain; charset=utf-8")
    answer["Retry-After"] = "2"
    return answer


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    text = str(exception) if isinstance(exception, BadRequest) and str(exception) else ""
    return sentence(request, text or _("The request could not be understood."), 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    text = str(exception) if isinstance(exception, PermissionDenied) and str(exception) else ""
    return sentence(request, text or _("This page is for somebody else."), 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    text = (
        str(exception) if isinstance(exception, Http404) and request.user.is_authenticated else ""
    )
    plain = text if text and "URLResolver" not in text and "{" not in text else ""
    return sentence(request, plain or _("There is no page at this address."), 404)


def failed(request: HttpRequest) -> HttpResponse:
    # What a middleware raises, such as the session's, comes here and nowhere else.
    error = sys.exc_info()[1]
    if isinstance(error, DATABASE_AWAY):
        return _database_is_away(request, error)
    return sentence(
        request, _("It has been noted for those who run the service. Try again in a moment."), 500
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's
    return sentence(request, _("This page has been open too long: reload it and try again."), 403)
