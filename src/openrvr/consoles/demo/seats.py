"""The demo force: who works there, and under which address each of them sits.

One browser keeps one session for each host name, and browsers take every `*.localhost` for this
machine: so each seat has a host name of its own, and all of them are open side by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from openrvr.foundation.people.models import Account
from openrvr.foundation.people.roles import Role


@dataclass(frozen=True)
class Seat:
    """One person of the demo force. `slug` is the sign-in name and the first part of the host."""

    slug: str
    name: str
    shown_as: str
    roles: tuple[Role, ...]
    languages: tuple[str, ...] = ("en",)

    @property
    def role_name(self) -> str:
        """What they mostly do."""
        return self.roles[0].label

    @property
    def address(self) -> str:
        """Opening it signs in as this person and leads to the console."""
        return f"{_host_of(self.slug)}{reverse('demo_seat', args=[self.slug])}"

    @property
    def same_host_address(self) -> str:
        """For a browser that does not know `*.localhost`: one seat at a time."""
        return f"{settings.BASE_URL}{reverse('demo_seat', args=[self.slug])}"

    def account(self) -> Account:
        """This person's account, made where it is missing. It has no password."""
        account, new = Account.objects.get_or_create(
            username=self.slug,
            defaults={
                "name": self.name,
                "shown_as": self.shown_as,
                "roles": [role.value for role in self.roles],
                "languages": list(self.languages),
                "password": "!",
            },
        )
        if new:
            account.set_unusable_password()
            account.save(update_fields=["password"])
        return account


SEATS = (
    Seat("control-room", "Call-taker 214", "Call-taker 214", (Role.CALL_TAKER,)),
    Seat("control-room-2", "Call-taker 377", "Call-taker 377", (Role.CALL_TAKER,)),
    Seat("officer", "PC 1042", "Officer 1042", (Role.OFFICER,)),
    Seat("officer-2", "PC 2287", "Officer 2287", (Role.OFFICER,), ("en", "cy")),
    Seat("officer-3", "PC 3419", "Officer 3419", (Role.OFFICER,), ("en", "pl", "ur")),
    Seat("supervisor", "Sergeant 88", "Sergeant 88", (Role.SUPERVISOR, Role.OFFICER)),
    Seat("register", "Records 12", "Records 12", (Role.INFORMATION_MANAGER,)),
    Seat("register-2", "Records 19", "Records 19", (Role.INFORMATION_MANAGER,)),
)


def seat(slug: str) -> Seat | None:
    return next((each for each in SEATS if each.slug == slug), None)


def _host_of(slug: str) -> str:
    """`http://officer.localhost:8000`; where the demo has another address, that address.

    On the local network the seats are on this computer all the same: only the phone is elsewhere.
    """
    base = urlsplit(settings.BASE_URL)
    if base.hostname != "localhost" and not settings.DEMO_LAN:
        return settings.BASE_URL
    port = f":{base.port}" if base.port else ""
    return f"{base.scheme}://{slug}.localhost{port}"
