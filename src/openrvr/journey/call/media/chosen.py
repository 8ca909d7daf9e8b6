"""The relay that this installation has."""

from __future__ import annotations

from django.conf import settings

from openrvr.journey.call.media.turn import TurnConfiguration


def turn() -> TurnConfiguration:
    return TurnConfiguration(
        stun_urls=tuple(settings.STUN_URLS),
        turn_urls=tuple(settings.TURN_URLS),
        secret=settings.TURN_SECRET,
        relay_only=settings.TURN_RELAY_ONLY,
    )
