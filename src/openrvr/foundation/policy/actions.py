from __future__ import annotations

from datetime import datetime

from openrvr.foundation.policy.models import PolicyVersion
from openrvr.foundation.policy.queries import policy
from openrvr.foundation.policy.rules import Policy


def keep_text(now: datetime) -> Policy:
    """The policy in force, its text kept so that a decision under it can be explained later."""
    current = policy()
    PolicyVersion.objects.get_or_create(
        sha256=current.sha256,
        defaults={"version": current.version, "text": current.text, "first_used_at": now},
    )
    return current
