"""Publishing to live streams, inside the transaction of the action that is told of."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from openrvr.foundation.live.models import LiveChannel, LiveEvent, LiveSeat
from openrvr.foundation.live.streams import of_desk
from openrvr.foundation.people.roles import THE_ROOM
from openrvr.foundation.unit_of_work import write

# Long enough for any phone that comes back; short, since signals hold addresses.
KEPT = timedelta(hours=24)


def publish(streams: str | Iterable[str], kind: str, *, now: datetime, **data: Any) -> None:
    """Tell each of `streams`. Readers hear of it once the transaction has committed."""
    names = [streams] if isinstance(streams, str) else list(dict.fromkeys(streams))
    write(*(LiveEvent(stream=name, kind=kind, data=data, at=now) for name in names))


def whisper(streams: Iterable[str], kind: str, **data: Any) -> None:
    """Tell whoever listens at this moment. It is kept nowhere: who is away never hears of it."""
    said = json.dumps({"streams": list(streams), "kind": kind, "data": data})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('openrvr_whisper', %s)", [said])


def tell_desks(kind: str, *, now: datetime, **data: Any) -> None:
    """Tell the control room, the video hub and the supervisors: the room as a whole changed."""
    publish([of_desk(desk) for desk in THE_ROOM], kind, now=now, **data)


def open_channel(channel: uuid.UUID, *streams: str) -> None:
    """Let these streams signal to each other on `channel`, seated in this order."""
    LiveChannel.objects.create(pk=channel)
    LiveSeat.objects.bulk_create(
        LiveSeat(channel_id=channel, stream=name, number=n) for n, name in enumerate(streams)
    )


def take_seat(channel: uuid.UUID, stream: str) -> LiveSeat:
    """Let one more stream signal on `channel`; twice is once."""
    LiveChannel.objects.select_for_update().get(pk=channel)
    seats = LiveSeat.objects.filter(channel_id=channel)
    return seats.filter(stream=stream, left_at=None).first() or LiveSeat.objects.create(
        channel_id=channel, stream=stream, number=seats.count()
    )


def leave_seat(channel: uuid.UUID, stream: str, *, now: datetime) -> uuid.UUID | None:
    """Refuse what this stream still signals on `channel`, and tell it nothing more.

    Returns which seat it had.
    """
    seat = LiveSeat.objects.filter(channel_id=channel, stream=stream, left_at=None).first()
    if seat is None:
        return None
    seat.left_at = now
    seat.save(update_fields=["left_at"])
    return seat.pk


def close_channel(channel: uuid.UUID, *, now: datetime) -> None:
    """Refuse every further signal on `channel`."""
    LiveChannel.objects.filter(pk=channel, closed_at=None).update(closed_at=now)


def forget_old(now: datetime) -> int:
    """Delete events that no screen can still be waiting for; returns how many."""
    LiveChannel.objects.filter(closed_at__lt=now - KEPT).delete()
    return LiveEvent.objects.filter(at__lt=now - KEPT).delete()[0]
