from __future__ import annotations

import uuid

from django.db import connection

from openrvr.foundation.live.models import LiveSeat


def position() -> int:
    """The newest position: what a page that is being made now has already taken into account."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(position), 0) FROM live_liveevent")
        return int(cursor.fetchone()[0])


def seats(channel: uuid.UUID) -> list[LiveSeat]:
    """Who is on a channel, in the order in which they came."""
    return list(LiveSeat.objects.filter(channel_id=channel, left_at=None).order_by("number"))
