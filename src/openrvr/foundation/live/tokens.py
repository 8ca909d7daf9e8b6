"""Short signed tokens: who may hear which streams, and who may signal from which seat.

They let the live process authorise a browser without the ORM and without the session.
"""

from __future__ import annotations

import time
import uuid
from datetime import timedelta

from django.core import signing

STREAM_LIFE = timedelta(minutes=15)
PASS_LIFE = timedelta(hours=12)


class TokenRefused(Exception):
    """The token is not ours, is altered, or is too old."""

    def __init__(self) -> None:
        super().__init__("This page has been open too long: it will renew itself.")


def stream_token(streams: list[str]) -> str:
    return signing.dumps(streams, salt="live.stream", compress=True)


def streams_of(token: str) -> list[str]:
    try:
        streams: list[str] = signing.loads(token, salt="live.stream", max_age=STREAM_LIFE)
    except signing.BadSignature:
        raise TokenRefused from None
    return streams


def seconds_left(token: str) -> float:
    """How long a stream with this valid token may stay open: no longer than a new one could begin.

    So whoever has signed out, or lost the account, hears for `STREAM_LIFE` at the most.
    """
    issued = signing.b62_decode(token.rsplit(":", 2)[1])
    # A second more: the page that comes back with the same token then finds it refused, and renews.
    return max(0.0, issued + STREAM_LIFE.total_seconds() - time.time()) + 1


def signal_pass(seat: object) -> str:
    """The right to signal from one seat of a channel, while it is open and the seat is taken."""
    return signing.dumps(str(seat), salt="live.signal")


def seat_of(token: str) -> uuid.UUID:
    try:
        return uuid.UUID(signing.loads(token, salt="live.signal", max_age=PASS_LIFE))
    # Of an earlier release's pages, which had no seats: their page renews itself, like any other.
    except (signing.BadSignature, AttributeError, ValueError):
        raise TokenRefused from None
