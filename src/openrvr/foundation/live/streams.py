"""The streams: one for each person, each desk and each phone."""

from __future__ import annotations

from openrvr.foundation.people.models import Account
from openrvr.foundation.people.roles import Desk

# What every phone hears, whoever's it is: that the queue has moved, and nothing about anybody.
WAITING_ROOM = "waiting-room"


def of_person(account_id: int | str) -> str:
    return f"person.{account_id}"


def of_desk(desk: Desk) -> str:
    return f"desk.{desk.value}"


def of_phone(invitation_id: object) -> str:
    return f"phone.{invitation_id}"


def of_guest(guest_id: object) -> str:
    return f"guest.{guest_id}"


def of_account(account: Account) -> list[str]:
    """All that a signed-in person hears: her own stream and those of her desks."""
    return [of_person(account.pk), *(of_desk(desk) for desk in account.desks)]
