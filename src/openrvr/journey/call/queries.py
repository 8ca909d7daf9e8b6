from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F, Q

from openrvr.foundation.cases.models import Case
from openrvr.foundation.live.models import LiveSeat
from openrvr.foundation.live.queries import seats
from openrvr.foundation.live.streams import of_guest, of_person, of_phone
from openrvr.foundation.live.tokens import signal_pass
from openrvr.foundation.people.models import Account
from openrvr.journey.call.guests.queries import among, described
from openrvr.journey.call.media import chosen
from openrvr.journey.call.media.seat import STREAM as MEDIA
from openrvr.journey.call.media.turn import ice_configuration
from openrvr.journey.call.models import Call, Guest
from openrvr.journey.invitation.models import Invitation
from openrvr.journey.waiting.models import Ring
from openrvr.journey.waiting.queries import MOST_RECENT, RECENT


def for_phone(call: Call, now: datetime) -> dict[str, Any]:
    """What the victim's page needs to be in the call: see `for_officer`."""
    return _for(call, of_phone(call.invitation_id), call.officer, now)


def for_officer(call: Call, officer: Account, now: datetime) -> dict[str, Any]:
    """What an officer's page needs: the call, its seat, who else has one, ICE servers.

    That of the officer whose call it is, or of the one who is about to take it over.
    """
    return {
        **_for(call, of_person(officer.pk), call.officer, now),
        **rung_for_officer(call.invitation),
    }


def for_guest(guest: Guest, now: datetime) -> dict[str, Any]:
    """What a guest's page needs: as the others', and by what means she speaks."""
    return {
        **_for(guest.call, of_guest(guest.pk), guest.call.officer, now),
        "rung": guest.call.invitation.rung,
    }


def rung_for_officer(invitation: Invitation) -> dict[str, Any]:
    """On which rung of the ladder they speak, and why, in the staff's words."""
    return {"rung": invitation.rung, "rung_words": invitation.rung_words}


def live_of_officer(officer: Account) -> Call | None:
    """The call that this officer is in, also as the one who is about to take it over."""
    relieves = Q(
        reliefs__officer=officer,
        reliefs__accepted_at__isnull=False,
        reliefs__done_at=None,
        reliefs__ended_at=None,
    )
    return (
        Call.objects.filter(Q(officer=officer) | relieves, ended_at=None)
        .select_related("case", "officer", "invitation")
        .first()
    )


def live_of_phone(invitation: Invitation) -> Call | None:
    """The call that this phone is in."""
    return (
        Call.objects.filter(invitation=invitation, ended_at=None)
        .select_related("case", "officer")
        .first()
    )


def live_of_case(case: Case) -> Call | None:
    """The call that is live on a case."""
    return Call.objects.filter(case=case, ended_at=None).select_related("officer").first()


def lengths(now: datetime) -> tuple[float, ...]:
    """How long recent calls lasted, in seconds."""
    ended = Call.objects.filter(ended_at__isnull=False, started_at__gt=now - RECENT)
    spans = ended.order_by("-started_at").annotate(span=F("ended_at") - F("started_at"))
    return tuple(
        span.total_seconds() for span in spans.values_list("span", flat=True)[:MOST_RECENT]
    )


def lengths_so_far(now: datetime) -> tuple[float, ...]:
    """How long each call that goes on has lasted, in seconds."""
    begun = Call.objects.filter(ended_at=None).values_list("started_at", flat=True)
    return tuple(max(0.0, (now - at).total_seconds()) for at in begun)


def near_phone(ring: Ring, now: datetime) -> dict[str, Any]:
    """What her page needs to find the way to the officer who is rung for her."""
    return _ticket(seats(ring.channel), of_phone(ring.waiting.invitation_id), ring.officer, now)


def near_officer(ring: Ring, now: datetime) -> dict[str, Any]:
    """What his page needs to find the way to the phone that he is rung for."""
    return _ticket(seats(ring.channel), of_person(ring.officer_id), ring.officer, now)


def _for(call: Call, stream: str, officer: Account, now: datetime) -> dict[str, Any]:
    return {
        **_ticket(call.seated, stream, officer, now),
        "plane": call.plane,
        "started": call.started_at.isoformat(),
    }


def _ticket(on_it: list[LiveSeat], stream: str, officer: Account, now: datetime) -> dict[str, Any]:
    """Of whoever hears `stream`: between two, the one who came first makes the offers.

    The first of the others is whom the page is in the call with: she, or her officer.
    """
    mine = next(seat for seat in on_it if seat.stream == stream)
    media = next((seat for seat in on_it if seat.stream == MEDIA), None)
    guests, officers = among(on_it), _officers_among(on_it, officer)
    is_hers = stream not in {*guests, *officers}
    others = [
        {
            "seat": str(seat.pk),
            **_who(seat, officer, officers, guests, to_her=is_hers),
            "offers": seat.number < mine.number,
        }
        for seat in on_it
        if seat is not mine and seat is not media
    ]
    return {
        "call": str(mine.channel_id),
        "seat": str(mine.pk),
        "role": _who(mine, officer, officers, guests, to_her=False)["role"],
        "media": str(media.pk) if media else "",
        "pass": signal_pass(mine.pk),
        "ice": ice_configuration(chosen.turn(), str(mine.pk), now),
        "others": sorted(others, key=lambda other: _FIRST.index(str(other["role"]))),
    }


_FIRST = ("victim", "officer", "relief", "guest")


def _officers_among(on_it: list[LiveSeat], officer: Account) -> dict[str, Account]:
    """By their streams: whose call it is, and whoever is about to take it over."""
    known = {of_person(officer.pk): officer}
    others = [
        seat.stream.removeprefix(_PERSON)
        for seat in on_it
        if seat.stream.startswith(_PERSON) and seat.stream not in known
    ]
    found = Account.objects.filter(pk__in=others) if others else ()
    return known | {of_person(each.pk): each for each in found}


_PERSON = of_person("")


def _who(
    seat: LiveSeat,
    officer: Account,
    officers: dict[str, Account],
    guests: dict[str, Guest],
    *,
    to_her: bool,
) -> dict[str, Any]:
    if seat.stream in guests:
        return described(guests[seat.stream], to_her=to_her)
    if seat.stream in officers:
        of_it = officers[seat.stream]
        return {"role": "officer" if of_it == officer else "relief", "name": of_it.shown_as}
    return {"role": "victim", "name": "The caller"}
