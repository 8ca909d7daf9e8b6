"""An officer takes a call over from another: both are in it until the other has it."""

from __future__ import annotations

import uuid
from datetime import datetime

from openrvr.foundation.audit import actions as audit
from openrvr.foundation.cases import actions as cases
from openrvr.foundation.live import actions as live
from openrvr.foundation.live.streams import of_person
from openrvr.foundation.people.models import Account
from openrvr.foundation.people.roles import Role
from openrvr.foundation.promises import actions as promises
from openrvr.foundation.refusal import Refused
from openrvr.foundation.unit_of_work import unit_of_work
from openrvr.journey.call.media import chosen
from openrvr.journey.call.models import Call, Relief
from openrvr.journey.call.news import CallEnded
from openrvr.journey.call.relief.queries import open_of
from openrvr.journey.waiting import actions as waitings
from openrvr.journey.waiting.queries import duty_of


class NotYours(Refused):
    """The call is over, or another officer's."""

    def __init__(self) -> None:
        super().__init__("Only the officer who is in the call can hand it over.")


class SomebodyRelieves(Refused):
    """Somebody else is asked already, or has taken it."""

    def __init__(self) -> None:
        super().__init__("Another officer takes this call over already.")


class NotFree(Refused):
    """The other officer is off duty, in a call, or asked for another one."""

    def __init__(self) -> None:
        super().__init__("That officer is not free just now.")


class NotAsked(Refused):
    """It was taken back, or is done, or another officer was asked."""

    def __init__(self) -> None:
        super().__init__("This call is not to be taken over any more.")


class OnlySupervisors(Refused):
    """Nobody else takes a call from an officer who has not asked for it."""

    status = 403

    def __init__(self) -> None:
        super().__init__("Only a supervisor can take a call over unasked.")


@unit_of_work()
def ask(call_id: uuid.UUID, officer: Account, *, by: Account, now: datetime) -> Relief:
    """Another officer is asked to take the call over. The same one twice is once.

    Raises NotYours, SomebodyRelieves, NotFree.
    """
    call = _locked(call_id)
    if call.officer_id != by.pk:
        raise NotYours
    before = open_of(call)
    if before and before.officer_id == officer.pk:
        return before
    if before:
        raise SomebodyRelieves
    duty = duty_of(officer)
    is_asked = officer.reliefs.filter(done_at=None, ended_at=None).exists()
    if duty is None or duty.engaged or is_asked or officer.pk == by.pk:
        raise NotFree
    found = Relief.objects.create(call=call, relieved=by, officer=officer, asked_at=now)
    _log("relief.asked", call, by=by, now=now, officer=officer.name)
    _tell_both(found, now)
    cases.tell_changed(call.case, now=now)
    return found


@unit_of_work()
def accept(relief_id: uuid.UUID, *, by: Account, now: datetime) -> Call:
    """The other officer comes in, beside the first. Twice is once.

    Raises NotAsked, NotOnDuty, AlreadyEngaged.
    """
    found = Relief.objects.select_related("call").get(pk=relief_id)
    call = _locked(found.call_id)
    found.refresh_from_db()
    if found.officer_id != by.pk or found.done_at or found.ended_at:
        raise NotAsked
    if not found.accepted_at:
        _come_in(found, call, by=by, now=now)
    return call


@unit_of_work()
def take_over(call_id: uuid.UUID, *, by: Account, now: datetime) -> Call:
    """A supervisor comes in to take the call from its officer, who has not asked. Twice is once.

    Who was only asked to is asked no more. Raises OnlySupervisors, SomebodyRelieves, NotAsked,
    NotOnDuty, AlreadyEngaged.
    """
    if not by.has_any(Role.SUPERVISOR):
        raise OnlySupervisors
    call = _locked(call_id)
    before = open_of(call)
    if call.officer_id == by.pk:
        return call
    if before and before.accepted_at:
        if before.officer_id == by.pk:
            return call
        raise SomebodyRelieves
    if before:
        _end(before, now)
        _tell_both(before, now)
    found = Relief.objects.create(
        call=call, relieved=call.officer, officer=by, asked_at=now, unasked=True
    )
    _come_in(found, call, by=by, now=now)
    _tell_both(found, now)
    return call


def _come_in(found: Relief, call: Call, *, by: Account, now: datetime) -> None:
    waitings.engage(by, now=now)
    found.accepted_at = now
    found.save(update_fields=["accepted_at"])
    others = chosen.streams_in(call.pk)
    seat = live.take_seat(call.pk, of_person(by.pk))
    other = {"seat": str(seat.pk), "role": "relief", "name": by.shown_as, "offers": False}
    live.publish(others, "call.joined", now=now, call=str(call.pk), other=other)
    _log("relief.accepted", call, by=by, now=now, unasked=found.unasked)
    cases.tell_changed(call.case, now=now)


@unit_of_work()
def finish(call_id: uuid.UUID, *, by: Account, now: datetime) -> None:
    """What the other officer sees is recorded there too: it is that officer's call from now on.

    With it go the promises of the case that the first one answered for. Twice is once. Raises
    NotAsked.
    """
    call = _locked(call_id)
    if call.officer_id == by.pk:
        return
    found = open_of(call)
    if found is None or found.officer_id != by.pk or found.accepted_at is None:
        raise NotAsked
    before, found.done_at = call.officer, now
    found.save(update_fields=["done_at"])
    call.officer = by
    call.save(update_fields=["officer"])
    for owed in call.case.promises.filter(state="open", holder=before):
        promises.hand_over(owed, by, why="took the call over", by=by.actor, now=now)
    mine = live.take_seat(call.pk, of_person(by.pk))
    told = {"call": str(call.pk), "seat": str(mine.pk), "name": by.shown_as}
    live.publish(chosen.streams_in(call.pk), "call.relieved", now=now, **told)
    chosen.leave_channel(call.pk, of_person(before.pk), now=now)
    waitings.come_free(before.pk, now=now)
    _log("relief.done", call, by=by, now=now, relieved=before.name)
    cases.tell_changed(call.case, now=now)


@unit_of_work()
def take_back(relief_id: uuid.UUID, *, by: Account, now: datetime) -> None:
    """One of the two officers would rather not; from a supervisor nobody keeps it. Twice is once.

    Raises NotYours.
    """
    found = Relief.objects.select_related("call", "officer").get(pk=relief_id)
    call = _locked(found.call_id)
    found.refresh_from_db()
    if by.pk not in (
        {found.officer_id} if found.unasked else {found.officer_id, found.relieved_id}
    ):
        raise NotYours
    if found.done_at or found.ended_at:
        return
    _end(found, now)
    if found.accepted_at:
        gone = of_person(found.officer_id)
        live.publish(gone, "call.ended", now=now, call=str(call.pk), by="officer")
        chosen.leave_channel(call.pk, gone, now=now)
    _log("relief.taken_back", call, by=by, now=now)
    _tell_both(found, now)
    cases.tell_changed(call.case, now=now)


def end_with_the_call(over: CallEnded) -> None:
    """Nobody takes over what is over; whoever was about to is free again."""
    found = open_of(over.call)
    if found is None:
        return
    _end(found, over.now)
    if found.accepted_at:
        live.publish(
            of_person(found.officer_id),
            "call.ended",
            now=over.now,
            call=str(over.call.pk),
            by=over.call.ended_by,
        )
    _tell_both(found, over.now)


def _end(found: Relief, now: datetime) -> None:
    found.ended_at = now
    found.save(update_fields=["ended_at"])
    if found.accepted_at:
        waitings.come_free(found.officer_id, now=now)


def _tell_both(found: Relief, now: datetime) -> None:
    both = [of_person(found.officer_id), of_person(found.relieved_id)]
    live.publish(both, "relief.changed", now=now, call=str(found.call_id))


def _locked(call_id: uuid.UUID) -> Call:
    case = cases.lock(Call.objects.values_list("case_id", flat=True).get(pk=call_id))
    call = Call.objects.select_related("officer", "invitation").get(pk=call_id)
    call.case = case
    if call.ended_at:
        raise NotAsked
    return call


def _log(action: str, call: Call, *, by: Account, now: datetime, **details: object) -> None:
    audit.record(action, by=by.actor, now=now, case_reference=call.case.reference, **details)
