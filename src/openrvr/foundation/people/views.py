"""Signing in and out, and the way to one's own console."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openrvr.foundation.people import guesses
from openrvr.foundation.people.access import needs, open_to_all, signed_in
from openrvr.foundation.people.forms import SignInForm
from openrvr.foundation.people.roles import Role
from openrvr.foundation.people.sessions import begin_session, end_session


@open_to_all("nobody is signed in yet")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in form; afterwards the page that was asked for, or one's own console."""
    if request.method != "POST" and request.user.is_authenticated:
        return redirect(_wanted_page(request))
    if request.method == "POST":
        guesses.check(**_who_tries(request))
    form = SignInForm(request, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        begin_session(request, form.get_user())
        return redirect(_wanted_page(request))
    if request.method == "POST":
        guesses.note_wrong(**_who_tries(request))
    context = {"form": form, "next": request.POST.get("next", request.GET.get("next", ""))}
    status = 422 if form.errors else 200
    return render(request, "people/sign_in.html", context, status=status)


@open_to_all("whoever is signed in may stop being so; nobody else is touched")
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session on the server, then show the sign-in form."""
    end_session(request)
    return redirect("sign_in")


@needs(*Role)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """To the console of the first role, in the order of `settings.CONSOLES`."""
    account = signed_in(request)
    for role, console in settings.CONSOLES.items():
        if role in account.roles:
            return redirect(console)
    raise PermissionDenied(f"There is no page for the {account.role_names.lower()} yet.")


def _who_tries(request: HttpRequest) -> dict[str, Any]:
    return {
        "name": request.POST.get("username", ""),
        "address": str(request.META.get("REMOTE_ADDR", "")),
        "now": timezone.now(),
    }


def _wanted_page(request: HttpRequest) -> str:
    """The page that somebody was sent here from, if it is one of ours."""
    wanted = request.POST.get("next", request.GET.get("next", ""))
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else settings.LOGIN_REDIRECT_URL
