"""Answering, ending and describing a call."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings

from openrvr.foundation import news
from openrvr.foundation.audit import actions as audit
from openrvr.foundation.cases import actions as cases
from openrvr.foundation.cases.models import Case
from openrvr.foundation.cases.states import State
from openrvr.foundation.live import actions as live
from openrvr.foundation.live.streams import of_desk, of_guest, of_person, of_phone
from openrvr.foundation.people.actors import Actor, victim
from openrvr.foundation.people.models import Account
from openrvr.foundation.people.roles import Desk
from openrvr.foundation.promises import actions as promises
from openrvr.foundation.promises.models import Promise
from openrvr.foundation.unit_of_work import unit_of_work
from openrvr.journey.call.media import chosen
from openrvr.journey.call.media.seat import STREAM as MEDIA
from openrvr.journey.call.models import Call, EndedBy
from openrvr.journey.call.news import CallAnswered, CallEnded
from openrvr.journey.call.queries import (
    for_officer,
    for_phone,
    live_of_phone,
    near_officer,
    near_phone,
    rung_for_officer,
)
from openrvr.journey.escalation.actions import in_hand
from openrvr.journey.invitation import actions as invitations
from openrvr.journey.invitation.models import Invitation
from openrvr.journey.invitation.news import LinkTakenBack, RungTaken
from openrvr.journey.invitation.rungs import Rung, Why
from openrvr.journey.waiting import actions as waitings
from openrvr.journey.waiting.models import RingEnd, Waiting
from openrvr.journey.waiting.news import OfficerRung, PhoneChanged, RingOver
from openrvr.journey.waiting.queries import phone_words

_KEPT_BY_ANSWERING = ("officer_on_video", "respond", "call_back_or_visit", "appointment")


def bring_near(rung: OfficerRung) -> None:
    """While it rings, the two browsers find the way to each other, without picture or sound.

    Most of the seconds between an answer and a face go into that way. If he does not answer,
    nobody has seen anybody: `part`.
    """
    ring, now = rung.ring, rung.now
    his, hers = of_person(ring.officer_id), of_phone(ring.waiting.invitation_id)
    chosen.open_channel(ring.channel, his, hers)
    live.publish(hers, "call.near", now=now, **near_phone(ring, now))
    live.publish(his, "call.near", now=now, **near_officer(ring, now))


def part(over: RingOver) -> None:
    """The officer who was rung does not answer: his browser has nothing to do with hers."""
    ring, now = over.ring, over.now
    if ring.end == RingEnd.ANSWERED:
        return
    live.close_channel(ring.channel, now=now)
    both = [of_phone(ring.waiting.invitation_id), of_person(ring.officer_id)]
    live.publish(both, "call.parted", now=now, call=str(ring.channel))
    _tell_media_plane_over(ring.channel, now)


def tell_rung(taken: RungTaken) -> None:
    """The officer who is in a call with her goes on by the same means."""
    call = live_of_phone(taken.invitation)
    if call is None:
        return
    live.publish(
        of_person(call.officer_id),
        "rung.taken",
        now=taken.now,
        call=str(call.pk),
        **rung_for_officer(taken.invitation),
    )
    guests = call.guests.filter(joined_at__isnull=False, ended_at=None)
    streams = [of_guest(each) for each in guests.values_list("pk", flat=True)]
    live.publish(streams, "rung.taken", now=taken.now, rung=taken.invitation.rung)


@unit_of_work()
def ask_ring_back(invitation: Invitation, *, why: Why, now: datetime) -> Promise:
    """She asks to be rung: by the officer who is in the call with her, else by the control room.

    The promise is that of everybody who is to be rung back or visited. Twice is once; what is
    owed already is handed to whoever has her now. Raises LinkUnusable.
    """
    her = victim(invitation.pk)
    invitation = invitations.take_rung(invitation, Rung.PLAIN, why=why, by=her, now=now)
    case = cases.lock(invitation.case_id)
    call = live_of_phone(invitation)
    holder = call.officer if call else invitation.sent_by
    waitings.rings_back_instead(case, invitation, by=her, now=now)
    owed = case.promises.filter(kind="call_back_or_visit", state="open").first()
    if owed is None:
        owed = promises.open_promise(case, "call_back_or_visit", holder=holder, by=her, now=now)
    elif call and owed.holder_id != holder.pk:
        promises.hand_over(owed, holder, why="she asks in the call", by=her, now=now)
    else:
        return owed
    audit.record("ring_back.asked", by=her, now=now, case_reference=case.reference)
    live.publish(of_person(holder.pk), "ring_back.asked", now=now, reference=case.reference)
    cases.tell_changed(case, now=now)
    return owed


def tell_officer_of_phone(changed: PhoneChanged) -> None:
    """The officer in a call with her sees at once what her phone tells, or that it does not."""
    call = live_of_phone(changed.invitation)
    if call:
        words = phone_words(changed.invitation, in_call=True)
        live.publish(of_person(call.officer_id), "phone.changed", now=changed.now, words=words)


@unit_of_work()
def answer(waiting_id: int, *, by: Account, now: datetime) -> Call:
    """The officer answers. Of two who do so at once one wins; the other is told.

    Pressed twice by the same officer it is the same call. Raises SomebodyAnswered, NotOnDuty,
    AlreadyEngaged.
    """
    case = cases.lock_where(waitings=waiting_id)
    waiting = Waiting.objects.select_related("invitation").get(pk=waiting_id)
    mine = waiting.left and Call.objects.filter(case=case, officer=by, ended_at=None).first()
    if mine:
        return mine
    waiting.case = case
    channel = waitings.answered(waiting, by=by, now=now)
    if channel is None:
        channel = uuid.uuid4()
        chosen.open_channel(channel, of_person(by.pk), of_phone(waiting.invitation_id))
    call = Call.objects.create(
        pk=channel,
        case=case,
        invitation=waiting.invitation,
        officer=by,
        plane=settings.MEDIA_PLANE,
        started_at=now,
    )
    _promise_wrap_up(case, by=by, now=now)
    promises.keep_open_ones(case, *_KEPT_BY_ANSWERING, by=by.actor, now=now, because="answered")
    cases.move(case, State.LIVE, by=by.actor, now=now)
    audit.record("call.answered", by=by.actor, now=now, case_reference=case.reference)
    news.tell(CallAnswered(call, now))
    live.publish(of_phone(call.invitation_id), "call.live", now=now, **for_phone(call, now))
    live.publish(of_person(by.pk), "call.live", now=now, **for_officer(call, by, now))
    live.publish(
        [
            of_person(call.invitation.sent_by_id),
            of_desk(Desk.CONTROL_ROOM),
            of_desk(Desk.SUPERVISOR),
        ],
        "officer.answered",
        now=now,
        reference=case.reference,
        officer=by.name,
    )
    return call


def _promise_wrap_up(case: Case, *, by: Account, now: datetime) -> None:
    """The officer who answers writes it up, also where an earlier call was an other officer's."""
    earlier = case.promises.filter(kind="wrap_up", state="open").first()
    if earlier:
        promises.hand_over(earlier, by, why="answered the new call", by=by.actor, now=now)
    else:
        promises.open_promise(case, "wrap_up", holder=by, by=by.actor, now=now)


@unit_of_work()
def hang_up(call_id: uuid.UUID, *, by: Actor, ended_by: EndedBy, now: datetime) -> Call:
    """End a call. Twice is once. The officer goes on with the wrap-up.

    Where a patrol was asked for and acknowledged meanwhile, the case now moves to `physical`.
    """
    case = cases.lock(Call.objects.values_list("case_id", flat=True).get(pk=call_id))
    call = Call.objects.select_related("officer", "invitation").get(pk=call_id)
    if call.ended_at:
        return call
    call.ended_at, call.ended_by = now, ended_by
    call.save(update_fields=["ended_at", "ended_by"])
    live.close_channel(call.pk, now=now)
    waitings.come_free(call.officer_id, now=now)
    audit.record(
        "call.ended", by=by, now=now, case_reference=case.reference, ended_by=ended_by.value
    )
    ended = {"call": str(call.pk), "by": ended_by.value}
    live.publish(of_phone(call.invitation_id), "call.ended", now=now, **ended)
    live.publish(of_person(call.officer_id), "call.ended", now=now, **ended)
    _tell_media_plane_over(call.pk, now)
    news.tell(CallEnded(call, by, now))
    invitations.finish(case, because="the call has ended", by=by, now=now)
    patrol = in_hand(case)
    if patrol:
        cases.move(case, State.PHYSICAL, by=by, now=now, acknowledged_by=patrol.acknowledged_by)
    else:
        cases.move(case, State.WRAP_UP, by=by, now=now)
    return call


def _tell_media_plane_over(channel: uuid.UUID, now: datetime) -> None:
    if chosen.is_janus():
        live.publish(MEDIA, "call.over", now=now, call=str(channel))


@unit_of_work()
def record_by_nodes(call: Call, *, now: datetime) -> None:
    """Where the force's nodes record, they do so from now on. Twice is once."""
    if not chosen.nodes_record() or call.recorded_since:
        return
    call.recorded_since = now
    call.save(update_fields=["recorded_since"])
    live.publish(MEDIA, "call.record", now=now, call=str(call.pk))


def end_when_link_is_taken_back(taken: LinkTakenBack) -> None:
    """Her link is revoked in the middle of a call: whoever is on that phone may not be her."""
    call = Call.objects.filter(invitation=taken.invitation, ended_at=None).first()
    if call:
        hang_up(call.pk, by=taken.by, ended_by=EndedBy.STAFF, now=taken.now)


@unit_of_work()
def note_first_frame(call_id: uuid.UUID, *, seen_by: EndedBy, now: datetime) -> None:
    """One side sees the other: the first time is kept, the rest are reconnections."""
    field = "victim_sees_at" if seen_by is EndedBy.VICTIM else "officer_sees_at"
    call = Call.objects.select_related("case").get(pk=call_id)
    if Call.objects.filter(pk=call_id, **{field: None}).update(**{field: now}):
        by = victim(call.invitation_id) if seen_by is EndedBy.VICTIM else call.officer.actor
        audit.record("call.seen", by=by, now=now, case_reference=call.case.reference, side=seen_by)
        cases.tell_changed(call.case, now=now)
