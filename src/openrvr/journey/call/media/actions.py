"""Which media nodes get calls: nobody in a call notices more than a blink."""

from __future__ import annotations

from datetime import datetime

from openrvr.foundation.audit import actions as audit
from openrvr.foundation.people.models import Account
from openrvr.foundation.refusal import Refused
from openrvr.foundation.unit_of_work import unit_of_work
from openrvr.journey.call.media.beside import nodes
from openrvr.journey.call.models import DrainedNode, NodeRoom


class NoSuchNode(Refused):
    def __init__(self, name: str) -> None:
        super().__init__(f"OPENRVR_JANUS_NODES names no node {name}.")


@unit_of_work()
def drain(name: str, *, at_once: bool, by: Account, now: datetime) -> None:
    """Give a node no more calls; `at_once`, move what it has to another. Raises NoSuchNode.

    Where all are drained they are used all the same: whoever waits is not to wait for a repair.
    """
    _known(name)
    DrainedNode.objects.update_or_create(
        name=name, defaults={"at_once": at_once}, create_defaults={"at_once": at_once, "since": now}
    )
    audit.record("media.drained", by=by.actor, now=now, node=name, at_once=at_once)


@unit_of_work()
def bring_back(name: str, *, by: Account, now: datetime) -> None:
    """It gets calls again. Raises NoSuchNode."""
    _known(name)
    DrainedNode.objects.filter(name=name).delete()
    audit.record("media.brought_back", by=by.actor, now=now, node=name)


@unit_of_work()
def note_room(name: str, free: int, *, is_full: bool, now: datetime) -> None:
    """What is left beside a node for recordings, in bytes; `is_full`: it gets no more calls.

    Where all are full they are used all the same: a call comes before its recording.
    """
    NodeRoom.objects.update_or_create(
        name=name, defaults={"free": free, "is_full": is_full, "told_at": now}
    )


def _known(name: str) -> None:
    if name not in {node.name for node in nodes()}:
        raise NoSuchNode(name)
