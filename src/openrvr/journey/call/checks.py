"""Whether the media go the way that the force has asked for."""

from __future__ import annotations

import asyncio
from typing import Any

from django.conf import settings
from django.core import checks
from django.utils import timezone

from openrvr.journey.call.media import chosen
from openrvr.journey.call.media.relay_probe import Relay, RelayFails, probe
from openrvr.journey.call.media.turn import ice_configuration

_WITHIN = 5.0  # seconds


def relays_are_there(**_: Any) -> list[checks.CheckMessage]:
    """Addresses that were to be hidden and are not: better no start than that."""
    if settings.TURN_RELAY_ONLY and not settings.TURN_URLS:
        return [checks.Error("OPENRVR_TURN_RELAY_ONLY is 1: name the relay in OPENRVR_TURN_URLS.")]
    if settings.TURN_URLS and not settings.TURN_SECRET:
        return [checks.Error("OPENRVR_TURN_URLS names a relay: set OPENRVR_TURN_SECRET.")]
    return []


def relays_relay(**_: Any) -> list[checks.CheckMessage]:
    """Each relay, by a packet that goes through it: by then no victim has to find out."""
    if not settings.TURN_URLS or not settings.TURN_SECRET:
        return []
    server = ice_configuration(chosen.turn(), "check", timezone.now())["iceServers"][-1]
    return asyncio.run(_all(server["urls"], server["username"], server["credential"]))


async def _all(urls: list[str], user: str, password: str) -> list[checks.CheckMessage]:
    troubles = await asyncio.gather(*(_trouble(url, user, password) for url in urls))
    return [checks.Error(f"OPENRVR_TURN_URLS: {each}.") for each in troubles if each]


async def _trouble(url: str, user: str, password: str) -> str | None:
    try:
        await probe(Relay.of(url), user=user, password=password, within=_WITHIN)
    except ValueError as misspelt:
        return str(misspelt)
    except RelayFails as trouble:
        return f"{url} does not relay: {trouble}"
    return None
