"""Asking somebody into a call: the officer asks, she agrees, they open a link and are let in."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.crypto import salted_hmac

from openrvr.foundation.audit import actions as audit
from openrvr.foundation.cases import actions as cases
from openrvr.foundation.live import actions as live
from openrvr.foundation.live.streams import of_guest, of_phone
from openrvr.foundation.people.actors import Actor, victim
from openrvr.foundation.people.actors import guest as guest_actor
from openrvr.foundation.people.models import Account
from openrvr.foundation.policy.queries import policy
from openrvr.foundation.refusal import Refused
from openrvr.foundation.unit_of_work import unit_of_work
from openrvr.journey.call.guests.queries import asked_of, everybody_else
from openrvr.journey.call.media import chosen
from openrvr.journey.call.models import Call, Guest, GuestKind
from openrvr.journey.call.news import CallEnded
from openrvr.journey.invitation.models import Invitation
from openrvr.journey.invitation.tokens import ALPHABET, LENGTH, hashed

# Everybody, she and the officer too: what a phone can send to each, and a person can follow.
MOST = 4
# Why somebody is not in the call any more, or never was.
DECLINED, TOO_LATE, TAKEN_BACK, TAKEN_OUT, LEFT, CALL_OVER = (
    "she said no",
    "too late",
    "asked no more",
    "taken out",
    "left",
    "the call has ended",
)


class CallIsFull(Refused):
    """As many as may be in a call are in it, or asked into it."""

    def __init__(self) -> None:
        super().__init__(
            f"At most {MOST} people can be in a call, with whoever is asked into it."
            " Take somebody out first."
        )


class SheSaidNo(Refused):
    """She has said no to this person in this call: she is not asked again."""

    def __init__(self) -> None:
        super().__init__("She has said no to this person: she is not asked again in this call.")


class NoCall(Refused):
    """The call is over, or another officer's."""

    def __init__(self) -> None:
        super().__init__("Only the officer who is in the call can ask somebody into it.")


class NotNamed(Refused):
    """She must be told who it is."""

    status = 422

    def __init__(self) -> None:
        super().__init__("Write the name, so that she can be told who it is.")


class NobodyListens(Refused):
    """The force's policy knows no silent observers."""

    def __init__(self) -> None:
        super().__init__("The force's policy does not allow anybody to listen unseen.")


class NotLetIn(Refused):
    """The link is unknown, used elsewhere or over: never told apart to whoever holds it."""

    status = 404

    def __init__(self) -> None:
        super().__init__("There is nothing here.")


@dataclass(frozen=True)
class Asked:
    """Who is to be asked in; `ring` is how they are told besides the link."""

    kind: str
    name: str
    organisation: str = ""
    ring: str = ""
    listens_only: bool = False


@unit_of_work()
def ask(call_id: uuid.UUID, who: Asked, *, by: Account, now: datetime) -> Guest:
    """She is asked whether this person may come in. The same person twice is once.

    Raises NoCall, CallIsFull, NotNamed, NobodyListens, SheSaidNo.
    """
    call = _locked(call_id)
    if call.officer_id != by.pk:
        raise NoCall
    kind, name = GuestKind(who.kind), " ".join(who.name.split())
    if not name:
        raise NotNamed
    if who.listens_only and not policy().guests.silent_observers:
        raise NobodyListens
    all_of_it = _put_right(call, by=by, now=now)
    before = _before(all_of_it, kind, name)
    if before:
        return before
    if sum(each.ended_at is None for each in all_of_it) + 2 >= MOST:
        raise CallIsFull
    key = uuid.uuid4()
    found = Guest.objects.create(
        pk=key,
        call=call,
        number=len(all_of_it) + 1,
        kind=kind,
        name=name,
        organisation=" ".join(who.organisation.split()),
        ring=who.ring,
        listens_only=who.listens_only,
        asked_by=by,
        asked_at=now,
        token_hash=hashed(_token(key)),
    )
    _log("guest.asked", found, by=by.actor, now=now, kind=kind, listens_only=who.listens_only)
    _tell_her(found, now)
    cases.tell_changed(call.case, now=now)
    return found


def _put_right(call: Call, *, by: Account, now: datetime) -> list[Guest]:
    """Everybody who was asked in; nobody waits any more for whose link has run out."""
    all_of_it = list(call.guests.all())
    for each in all_of_it:
        if each.ended_at is None and each.is_too_late(now):
            each.call = call
            _end(each, TOO_LATE, by=by.actor, now=now)
    return all_of_it


def _before(all_of_it: list[Guest], kind: str, name: str) -> Guest | None:
    """The same person, if she is being asked or has agreed. Raises SheSaidNo."""
    same = [each for each in all_of_it if (each.kind, each.name) == (kind, name)]
    if any(each.ended_because == DECLINED for each in same):
        raise SheSaidNo
    return next((each for each in same if each.ended_at is None), None)


@unit_of_work()
def answer(invitation: Invitation, guest_id: uuid.UUID, *, agrees: bool, now: datetime) -> None:
    """She lets them in, or does not; a yes she may take back at any time, a no stands.

    Raises Guest.DoesNotExist.
    """
    found = Guest.objects.get(pk=guest_id, call__invitation=invitation)
    found.call = _locked(found.call_id)
    found.refresh_from_db(fields=["agreed_at", "joined_at", "ended_at"])
    if found.ended_at or (agrees and found.agreed_at):
        return
    by = victim(invitation.pk)
    if agrees:
        found.agreed_at = now
        found.expires_at = now + timedelta(minutes=policy().guests.link_minutes)
        found.save(update_fields=["agreed_at", "expires_at"])
        _log("guest.agreed", found, by=by, now=now)
    else:
        _end(found, DECLINED, by=by, now=now)
    # She may have another question to answer.
    _tell_her(found, now)
    cases.tell_changed(found.call.case, now=now)


def link_of(found: Guest) -> str:
    """What the guest opens; it can be made again at any time, and is written down nowhere."""
    return f"{settings.BASE_URL}/g/{_token(found.pk)}"


def usable(token: str, *, now: datetime) -> Guest:
    """Whose link it is, while nobody has opened it; looking uses nothing up. Raises NotLetIn."""
    found = _of_token(token)
    if found.opened_at or not _may_come(found, now):
        raise NotLetIn
    return found


@unit_of_work()
def open_link(token: str, *, device_secret: str, now: datetime) -> Guest:
    """The guest opens the link: it is bound to this browser, and to no other.

    Twice by the same one is once. Raises NotLetIn.
    """
    found = _of_token(token)
    found.call = _locked_for(found)
    found.refresh_from_db(fields=["opened_at", "device_hash", "ended_at"])
    device = _device_hash(device_secret)
    if found.opened_at:
        if not hmac.compare_digest(found.device_hash, device) or found.ended_at:
            raise NotLetIn
        return found
    if not _may_come(found, now):
        raise NotLetIn
    found.opened_at, found.device_hash = now, device
    found.save(update_fields=["opened_at", "device_hash"])
    _log("guest.opened", found, by=_actor(found), now=now)
    cases.tell_changed(found.call.case, now=now)
    return found


def of_device(secret: str) -> Guest:
    """Whose browser has this secret, while the call goes on. Raises NotLetIn."""
    found = (
        Guest.objects.filter(device_hash=_device_hash(secret), ended_at=None)
        .select_related("call__officer", "call__invitation", "call__case")
        .first()
    )
    if not secret or found is None:
        raise NotLetIn
    return found


@unit_of_work()
def join(found: Guest, *, now: datetime) -> Guest:
    """The guest comes in, and everybody else is told. Twice is once. Raises NotLetIn."""
    call = _locked_for(found)
    found = Guest.objects.get(pk=found.pk)
    if found.ended_at or not found.agreed_at:
        raise NotLetIn
    found.call = call
    if found.joined_at:
        return found
    found.joined_at = now
    found.save(update_fields=["joined_at"])
    live.take_seat(call.pk, of_guest(found.pk))
    _log("guest.joined", found, by=_actor(found), now=now)
    for stream, other in everybody_else(found):
        live.publish(stream, "call.joined", now=now, call=str(call.pk), other=other)
    cases.tell_changed(call.case, now=now)
    return found


@unit_of_work()
def end(guest_id: uuid.UUID, *, by: Account, now: datetime) -> None:
    """The officer takes somebody out, or asks for them no more. Twice is once.

    Raises NoCall, Guest.DoesNotExist.
    """
    found = Guest.objects.get(pk=guest_id)
    found.call = _locked(found.call_id)
    found.refresh_from_db(fields=["joined_at", "ended_at"])
    if found.call.officer_id != by.pk:
        raise NoCall
    if found.ended_at is None:
        _end(found, TAKEN_OUT if found.joined_at else TAKEN_BACK, by=by.actor, now=now)
        _tell_her(found, now)
        cases.tell_changed(found.call.case, now=now)


@unit_of_work()
def leave(found: Guest, *, now: datetime) -> None:
    """The guest goes. Twice is once. Raises NotLetIn."""
    call = _locked_for(found)
    found = Guest.objects.get(pk=found.pk)
    found.call = call
    if found.ended_at is None:
        _end(found, LEFT, by=_actor(found), now=now)
        cases.tell_changed(call.case, now=now)


def end_with_the_call(over: CallEnded) -> None:
    """Whoever is in it is told; nobody can come any more."""
    for found in over.call.guests.filter(ended_at=None):
        found.call = over.call
        _end(found, CALL_OVER, by=over.by, now=over.now)


def _end(found: Guest, because: str, *, by: Actor, now: datetime) -> None:
    was_in = found.joined_at is not None
    found.ended_at, found.ended_because = now, because
    found.save(update_fields=["ended_at", "ended_because"])
    _log("guest.ended", found, by=by, now=now, because=because)
    stream, call = of_guest(found.pk), found.call
    live.publish(stream, "guest.over", now=now, because=because)
    if not was_in or because == CALL_OVER:
        return
    chosen.leave_channel(call.pk, stream, now=now)


def _tell_her(found: Guest, now: datetime) -> None:
    asked = asked_of(found.call)
    live.publish(of_phone(found.call.invitation_id), "guest.asked", now=now, asked=asked)


def _locked(call_id: uuid.UUID) -> Call:
    """Whoever comes, goes or is asked, comes after the other. Raises NoCall once it is over."""
    case = cases.lock(Call.objects.values_list("case_id", flat=True).get(pk=call_id))
    call = Call.objects.select_related("officer", "invitation").get(pk=call_id)
    call.case = case
    if call.ended_at:
        raise NoCall
    return call


def _locked_for(found: Guest) -> Call:
    """Likewise, for a guest, who learns nothing of what a link was. Raises NotLetIn."""
    try:
        return _locked(found.call_id)
    except NoCall:
        raise NotLetIn from None


def _may_come(found: Guest, now: datetime) -> bool:
    return (
        found.agreed_at is not None
        and found.ended_at is None
        and found.expires_at is not None
        and now < found.expires_at
    )


def is_link_of(found: Guest, token: str) -> bool:
    """Whether `token` is the link of this guest."""
    return hmac.compare_digest(found.token_hash, hashed(token))


def _of_token(token: str) -> Guest:
    found = Guest.objects.filter(token_hash=hashed(token)).select_related("call").first()
    if found is None:
        raise NotLetIn
    return found


def _token(key: uuid.UUID) -> str:
    """As hers is: 60 bits that nobody can guess, here from the service's own key."""
    number = int.from_bytes(salted_hmac("call.guest", str(key), algorithm="sha256").digest()[:8])
    return "".join(ALPHABET[number >> 5 * n & 31] for n in range(LENGTH))


def _device_hash(secret: str) -> str:
    return hashlib.sha256(f"guest:{secret}".encode()).hexdigest()


def _actor(found: Guest) -> Actor:
    return guest_actor(found.pk, str(found))


def _log(action: str, found: Guest, *, by: Actor, now: datetime, **details: object) -> None:
    audit.record(
        action,
        by=by,
        now=now,
        case_reference=found.call.case.reference,
        guest=str(found),
        **details,
    )
