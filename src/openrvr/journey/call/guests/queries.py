"""Who else is in a call, or is to be."""

from __future__ import annotations

from typing import Any

from openrvr.foundation.live.models import LiveSeat
from openrvr.foundation.live.queries import seats
from openrvr.foundation.live.streams import of_guest, of_phone
from openrvr.journey.call.media.seat import STREAM as MEDIA
from openrvr.journey.call.models import Call, Guest


def asked_of(call: Call) -> dict[str, Any] | None:
    """Whom she is asked to let in next; None for nobody."""
    found = call.guests.filter(agreed_at=None, ended_at=None).first()
    if found is None:
        return None
    return {
        "guest": str(found.pk),
        "call": str(call.pk),
        "kind": found.kind,
        "name": found.name,
        "listens": found.listens_only,
    }


def described(found: Guest, *, to_her: bool) -> dict[str, Any]:
    """As every page in the call knows a guest.

    What an organisation is called may say what the call is about: it is not on her screen.
    """
    return {
        "role": "guest",
        "name": found.name if to_her else found.shown_as,
        "kind": found.kind,
        "listens": found.listens_only,
        "person": found.person,
        "guest": str(found.pk),
        "since": found.joined_at and found.joined_at.isoformat(),
    }


def among(on_it: list[LiveSeat]) -> dict[str, Guest]:
    """The guests who have one of these seats, by its stream."""
    keys = [seat.stream.removeprefix(_GUEST) for seat in on_it if seat.stream.startswith(_GUEST)]
    found = Guest.objects.filter(pk__in=keys) if keys else ()
    return {of_guest(each.pk): each for each in found}


def everybody_else(found: Guest) -> list[tuple[str, dict[str, Any]]]:
    """The stream of each other person in the call, and how their page knows this guest."""
    on_it = seats(found.call_id)
    mine = next((seat for seat in on_it if seat.stream == of_guest(found.pk)), None)
    return [
        (
            seat.stream,
            {
                **described(found, to_her=seat.stream == of_phone(found.call.invitation_id)),
                "seat": str(mine.pk) if mine else "",
                # Whoever came first makes the offers.
                "offers": mine is not None and mine.number < seat.number,
            },
        )
        for seat in on_it
        if seat is not mine and seat.stream != MEDIA
    ]


_GUEST = of_guest("")
