"""The states of a case, and which may follow which. A table: nothing else decides."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    REPORTED = "reported"
    GRADED = "graded"
    OFFERED = "offered"
    INVITED = "invited"
    WAITING = "waiting"
    LIVE = "live"
    WRAP_UP = "wrap_up"
    CLOSED = "closed"
    # The side exits. Each is an end only when somebody answers for what follows.
    PHYSICAL = "physical"
    STANDARD = "standard"
    APPOINTMENT = "appointment"


TITLES = {
    State.REPORTED: "Reported",
    State.GRADED: "Graded",
    State.OFFERED: "Offered video",
    State.INVITED: "Link sent",
    State.WAITING: "Waiting for an officer",
    State.LIVE: "Live",
    State.WRAP_UP: "Wrap-up",
    State.CLOSED: "Closed",
    State.PHYSICAL: "Physical response",
    State.STANDARD: "Standard response",
    State.APPOINTMENT: "Appointment",
}

_S = State
MOVES: dict[State, frozenset[State]] = {
    _S.REPORTED: frozenset({_S.GRADED, _S.PHYSICAL, _S.STANDARD}),
    _S.GRADED: frozenset({_S.OFFERED, _S.PHYSICAL, _S.STANDARD}),
    _S.OFFERED: frozenset({_S.INVITED, _S.PHYSICAL, _S.STANDARD, _S.APPOINTMENT}),
    _S.INVITED: frozenset({_S.WAITING, _S.PHYSICAL, _S.STANDARD, _S.APPOINTMENT}),
    # The waiting victim may lose her phone: the link is sent again.
    _S.WAITING: frozenset({_S.LIVE, _S.INVITED, _S.PHYSICAL, _S.STANDARD, _S.APPOINTMENT}),
    # A live call is ended before anything else: nobody is moved on while an officer sees her.
    _S.LIVE: frozenset({_S.WRAP_UP, _S.PHYSICAL}),
    # A call that broke for good is followed by a new link.
    _S.WRAP_UP: frozenset({_S.CLOSED, _S.INVITED, _S.PHYSICAL, _S.STANDARD, _S.APPOINTMENT}),
    # "Whoever declines may change to it at any moment", and the promised time comes.
    _S.STANDARD: frozenset({_S.OFFERED, _S.PHYSICAL, _S.CLOSED}),
    _S.APPOINTMENT: frozenset({_S.INVITED, _S.OFFERED, _S.PHYSICAL, _S.STANDARD}),
    _S.PHYSICAL: frozenset({_S.STANDARD, _S.CLOSED}),
    _S.CLOSED: frozenset(),
}

# Invariant 3 of the journey: out of these, nobody is handed to a slower or another response
# without a person who says "I have it".
_ON_THE_WAY = frozenset({_S.OFFERED, _S.INVITED, _S.WAITING, _S.LIVE, _S.WRAP_UP})
_HANDED_ON = frozenset({_S.STANDARD, _S.PHYSICAL})


def allowed(before: State, after: State) -> bool:
    return after in MOVES[before]


def needs_acknowledgement(before: State, after: State) -> bool:
    """Whether the move hands a victim on, so that a person must have acknowledged it."""
    return before in _ON_THE_WAY and after in _HANDED_ON
