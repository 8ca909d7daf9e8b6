from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from openrvr.foundation.people.models import Account
from openrvr.foundation.policy.queries import policy


def page(request: HttpRequest) -> dict[str, Any]:
    """What every page may show: who is signed in, the force, and whether this is the demo."""
    user = getattr(request, "user", None)
    return {
        "account": user if isinstance(user, Account) else None,
        "force": policy().force,
        "exit_address": policy().exit_address,
        "is_demo": settings.DEMO,
    }
