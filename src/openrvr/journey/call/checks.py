"""Whether the media go the way that the force has asked for."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks


def relays_are_there(**_: Any) -> list[checks.CheckMessage]:
    """Addresses that were to be hidden and are not: better no start than that."""
    if settings.TURN_RELAY_ONLY and not settings.TURN_URLS:
        return [checks.Error("OPENRVR_TURN_RELAY_ONLY is 1: name the relay in OPENRVR_TURN_URLS.")]
    if settings.TURN_URLS and not settings.TURN_SECRET:
        return [checks.Error("OPENRVR_TURN_URLS names a relay: set OPENRVR_TURN_SECRET.")]
    return []
