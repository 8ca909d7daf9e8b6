"""Every view declares who may use it; a view that does not is refused, and fails a test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from openrvr.foundation.people.models import Account
from openrvr.foundation.people.roles import Role

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Access:
    """Who may use a view: these roles, or everybody for the reason given."""

    roles: tuple[Role, ...] = ()
    everybody_because: str = ""


def needs(*roles: Role) -> Callable[[View], View]:
    """Declare that a view is for signed-in people with any of `roles`."""
    if not roles:
        raise ValueError("Name at least one role.")
    return _declare(Access(roles=roles))


def open_to_all(because: str) -> Callable[[View], View]:
    """Declare that a view needs no sign-in, with the reason (another key, or no personal data)."""
    if not because:
        raise ValueError("Say why everybody may use this view.")
    return _declare(Access(everybody_because=because))


def _declare(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]
        return view

    return mark


def declared(view: Callable[..., Any]) -> Access | None:
    """What a view declares, also through a class-based view."""
    found = getattr(view, "access", None) or getattr(
        getattr(view, "view_class", None), "access", None
    )
    return cast("Access | None", found)


def signed_in(request: HttpRequest) -> Account:
    """The account behind a request to a view that needs a role."""
    user = request.user
    if not isinstance(user, Account):
        raise PermissionDenied("Sign in first.")
    return user


class RequireDeclaredRole:
    """Checks each request against what its view declares, and keeps pages out of caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        access = declared(view)
        if access is None:
            raise PermissionDenied("This page does not say who may see it, so nobody may.")
        if access.everybody_because:
            return None
        user = request.user
        if isinstance(user, AnonymousUser):
            return _sign_in_first(request)
        if not user.has_any(*access.roles):
            names = " or ".join(role.label.lower() for role in access.roles)
            raise PermissionDenied(f"This page is for the {names}.")
        return None


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    """To the sign-in page; a script's request is told with a status that it can act on."""
    if request.headers.get("HX-Request") or "json" in request.headers.get("Accept", ""):
        return HttpResponse("Your session has ended: sign in again.", status=401)
    return redirect_to_login(request.get_full_path())
