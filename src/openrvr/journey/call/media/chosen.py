"""What this installation carries its calls by."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings

from openrvr.foundation.live import actions as live
from openrvr.foundation.live.queries import seats
from openrvr.journey.call.media.seat import STREAM
from openrvr.journey.call.media.turn import TurnConfiguration


def turn() -> TurnConfiguration:
    return TurnConfiguration(
        stun_urls=tuple(settings.STUN_URLS),
        turn_urls=tuple(settings.TURN_URLS),
        secret=settings.TURN_SECRET,
        relay_only=settings.TURN_RELAY_ONLY,
    )


def is_janus() -> bool:
    return bool(settings.MEDIA_PLANE == "janus")


def nodes_record() -> bool:
    return is_janus() and bool(settings.JANUS_RECORDINGS)


def open_channel(channel: uuid.UUID, his: str, hers: str) -> None:
    """For a call between an officer and a victim: where a node carries it, with a seat for it."""
    live.open_channel(channel, his, hers, *([STREAM] if is_janus() else []))


def streams_in(channel: uuid.UUID) -> list[str]:
    """Everybody who has a seat, besides the media plane."""
    return [seat.stream for seat in seats(channel) if seat.stream != STREAM]


def leave_channel(channel: uuid.UUID, stream: str, *, now: datetime) -> None:
    """Somebody's seat is left: whoever is still there drops what they had with them."""
    seat = live.leave_seat(channel, stream, now=now)
    left = [*streams_in(channel), *([STREAM] if is_janus() else [])]
    live.publish(left, "call.left", now=now, call=str(channel), seat=str(seat))
