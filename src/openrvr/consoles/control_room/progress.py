"""The way of a link in words: the strip that a call-taker watches until an officer has answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from openrvr.foundation.cases.models import Case
from openrvr.foundation.cases.states import State
from openrvr.foundation.clock.wording import clock_time, day_and_time
from openrvr.foundation.messages.models import Message, MessageState
from openrvr.journey.call.models import Call
from openrvr.journey.escalation.models import PhysicalRequest
from openrvr.journey.invitation.models import Invitation
from openrvr.journey.invitation.rungs import Rung
from openrvr.journey.offer.models import Offer
from openrvr.journey.waiting.models import Ring, Waiting

Standing = Literal["done", "now", "todo", "failed"]


_DEVICES = ("Camera", "Microphone")


@dataclass(frozen=True)
class Step:
    standing: Standing
    title: str
    words: str = ""


@dataclass(frozen=True)
class Verdict:
    """The one sentence of the strip. `may_clear`: the line is no longer needed."""

    words: str
    tone: Literal["", "live", "risk", "danger"] = ""
    may_clear: bool = False


@dataclass(frozen=True)
class Way:
    """Everything about a case that its strip is told from; what has not happened is None."""

    case: Case
    invitation: Invitation | None
    waiting: Waiting | None
    ring: Ring | None
    call: Call | None
    physical: PhysicalRequest | None
    offer: Offer | None
    ring_back_by: datetime | None
    now: datetime

    @property
    def message(self) -> Message | None:
        return self.invitation.message if self.invitation else None


def steps(way: Way) -> list[Step]:
    """From “queued” to “officer answered”: what was reached, what is next, what went wrong."""
    reached = _reached(way)
    fault = _fault(way)
    # A later step proves the earlier ones, also where no receipt came for them; but for camera and
    # microphone, which she can go on without.
    last = max((i for i, (_, at) in enumerate(reached) if at), default=-1)
    return [
        Step("todo", title, "not on")
        if i < last and not at and title in _DEVICES
        else Step(_standing(i, last, fault), title, clock_time(at) or _unreached(i, last, fault))
        for i, (title, at) in enumerate(reached)
    ]


def verdict(way: Way) -> Verdict:
    """What the call-taker is to do with the line now."""
    physical = way.physical
    if physical and not physical.acknowledged_at:
        return Verdict("A patrol is asked for and nobody has it yet: stay on the line.", "danger")
    asks_to_be_rung = way.invitation and way.invitation.rung == Rung.PLAIN
    if asks_to_be_rung and way.ring_back_by and not way.call:
        return Verdict(
            f"The caller asks to be rung back, by {clock_time(way.ring_back_by)}.", "danger"
        )
    told = _VERDICTS.get(State(way.case.state))
    return told(way) if told else Verdict("You answer for the caller until somebody else does.")


def _reached(way: Way) -> list[tuple[str, datetime | None]]:
    link, text = way.invitation, way.message
    delivered = text.settled_at if text and text.state == MessageState.DELIVERED else None
    return [
        ("Link queued", link.created_at if link else None),
        ("Accepted", text.handed_at if text else None),
        ("Delivered", delivered),
        ("Opened", link.opened_at if link else None),
        ("Camera", link.camera_ready_at if link else None),
        ("Microphone", link.microphone_ready_at if link else None),
        ("Waiting", way.waiting.since if way.waiting else None),
        ("Officer answered", way.call.started_at if way.call else None),
    ]


def _standing(index: int, last: int, fault: str) -> Standing:
    if index <= last:
        return "done"
    if index == last + 1 and last >= 0:
        return "failed" if fault else "now"
    return "todo"


def _unreached(index: int, last: int, fault: str) -> str:
    return fault if index == last + 1 and last >= 0 else ""


def _fault(way: Way) -> str:
    """Why the link will not get any further, in words; empty while it may."""
    link, text = way.invitation, way.message
    if link is None or way.call or (way.waiting and way.waiting.left_at is None):
        return ""
    if text and text.has_failed:
        return text.get_state_display()
    if not link.is_alive:
        return f"The link has ended: {link.ended_because}"
    if text and text.state == MessageState.CANCELLED:
        return text.get_state_display()
    if link.opened_at is None and way.now >= link.expires_at:
        return "The link has expired"
    return ""


def _invited(way: Way) -> Verdict:
    link, text, fault = way.invitation, way.message, _fault(way)
    if link is None:
        return Verdict("Stay on the line until an officer has answered.")
    if fault:
        return _failed(link, text, fault)
    if link.rung_words or link.trouble:
        rung = f"{link.rung_words}." if link.rung_words else ""
        told = " ".join(filter(None, ("Stay on the line.", rung, link.trouble_words)))
        return Verdict(told, "risk")
    if text and text.trouble and not link.opened_at:
        return Verdict(f"{text.trouble}", "risk")
    if link.opened_at:
        return Verdict("Stay on the line: the page is open, camera and microphone come next.")
    return Verdict("Stay on the line: ask the caller to tap the link in the text.")


def _failed(link: Invitation, text: Message | None, fault: str) -> Verdict:
    why = f" {text.trouble}" if text and text.trouble else ""
    if link.is_alive and text and text.state == MessageState.CANCELLED:
        # The safe-contact rules forbid it: the number is as it should be.
        return Verdict(f"{fault}.{why} Ring, if that is safe, or agree on a time.", "danger")
    if link.opened_at:
        # The number is right: the link was opened. What there is to know is whether it is safe.
        return Verdict(f"{fault}.{why} When it is safe, send the link again.", "danger")
    return Verdict(f"{fault}.{why} Check the number, then send the link again.", "danger")


def _waiting(way: Way) -> Verdict:
    if way.ring:
        return Verdict(f"Stay on the line: {way.ring.officer.name} is being rung.")
    if way.waiting and way.waiting.supervisors_told_at:
        return Verdict("Stay on the line: no officer is free, the supervisors know.", "risk")
    return Verdict("Stay on the line: an officer is being looked for.")


def _live(way: Way) -> Verdict:
    if way.call is None:
        return Verdict("An officer has answered: you may clear the line.", "live", may_clear=True)
    at, who = clock_time(way.call.started_at), way.call.officer.name
    if way.invitation and way.invitation.on_phone:
        return Verdict(
            f"{who} answered at {at}: you may clear the line. Ask the caller to end the phone call"
            " and then to tap “turn the sound on”.",
            "live",
            may_clear=True,
        )
    return Verdict(f"{who} answered at {at}: you may clear the line.", "live", may_clear=True)


def _wrap_up(way: Way) -> Verdict:
    who = way.call.officer.name if way.call else "The officer"
    return Verdict(f"The call is over. {who} is writing it up.", may_clear=True)


def _physical(way: Way) -> Verdict:
    by = way.physical.acknowledged_by if way.physical else None
    return Verdict(f"A patrol goes. {by.name if by else 'The control room'} answers for it.")


def _standard(_way: Way) -> Verdict:
    return Verdict("Normal service: say when the caller is rung back or visited.")


def _appointment(way: Way) -> Verdict:
    at = way.offer.appointment_at if way.offer else None
    return Verdict(f"Video is agreed for {day_and_time(at)}." if at else "Video is agreed.")


def _closed(_way: Way) -> Verdict:
    return Verdict("This report is closed.", may_clear=True)


_VERDICTS: dict[State, Callable[[Way], Verdict]] = {
    State.OFFERED: _invited,
    State.INVITED: _invited,
    State.WAITING: _waiting,
    State.LIVE: _live,
    State.WRAP_UP: _wrap_up,
    State.PHYSICAL: _physical,
    State.STANDARD: _standard,
    State.APPOINTMENT: _appointment,
    State.CLOSED: _closed,
}
