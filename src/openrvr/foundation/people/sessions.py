"""Beginning and ending a session, each with its line in the access log."""

from __future__ import annotations

from django.contrib.auth import login, logout
from django.http import HttpRequest
from django.utils import timezone

from openrvr.foundation.audit import actions as audit
from openrvr.foundation.people.models import Account
from openrvr.foundation.unit_of_work import unit_of_work


@unit_of_work()
def begin_session(request: HttpRequest, account: Account) -> None:
    """Sign somebody in who has proved who they are."""
    login(request, account, backend="django.contrib.auth.backends.ModelBackend")
    audit.record("session.began", by=account.actor, now=timezone.now())


@unit_of_work()
def end_session(request: HttpRequest) -> None:
    """Sign out whoever is signed in; nobody being so is no fault."""
    user = request.user
    if isinstance(user, Account):
        audit.record("session.ended", by=user.actor, now=timezone.now())
    logout(request)
