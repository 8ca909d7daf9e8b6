"""Whoever acts: a signed-in person, the victim on her phone, or the service by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Actor:
    """Who did it, as the access log keeps it: a kind, an id within the kind, and a label."""

    kind: Literal["account", "victim", "guest", "service"]
    id: str
    label: str

    @property
    def is_person(self) -> bool:
        """Only a signed-in person can acknowledge on behalf of the force."""
        return self.kind == "account"


def victim(invitation_id: object) -> Actor:
    """The victim, known to the log by her invitation only, never by name."""
    return Actor("victim", str(invitation_id), "the victim")


def guest(guest_id: object, label: str) -> Actor:
    """Somebody who was asked into a call by a link, without an account."""
    return Actor("guest", str(guest_id), label)


def service(part: str) -> Actor:
    """The service acting by itself: a clock that ran out, a receipt that came in."""
    return Actor("service", part, f"the service ({part})")
