"""Whether the media go the way that the force has asked for."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import checks
from django.db import ProgrammingError
from django.utils import timezone

from openrvr.foundation.clock.wording import clock_or_day
from openrvr.journey.call.media import chosen
from openrvr.journey.call.media.beside import nodes
from openrvr.journey.call.media.janus.connection import Node, NodeTrouble, connected
from openrvr.journey.call.media.relay_probe import Relay, RelayFails, probe
from openrvr.journey.call.media.turn import ice_configuration
from openrvr.journey.call.models import DrainedNode, NodeRoom

_WITHIN = 5.0  # seconds
# An agent tells every ten seconds.
_AGENT_SILENT = timedelta(minutes=1)


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


def plane_is_there(**_: Any) -> list[checks.CheckMessage]:
    """What calls are to go by is a plane that there is, with all that it needs to begin."""
    if settings.MEDIA_PLANE not in ("peer", "janus"):
        said = f"OPENRVR_MEDIA_PLANE is {settings.MEDIA_PLANE!r}: it can be peer or janus."
        return [checks.Error(said)]
    if not chosen.is_janus():
        return []
    wrong = []
    try:
        if not nodes():
            wrong.append("OPENRVR_MEDIA_PLANE is janus: name its nodes in OPENRVR_JANUS_NODES.")
    except ValueError as misspelt:
        wrong.append(f"OPENRVR_JANUS_NODES: {misspelt}.")
    if not settings.JANUS_SECRET:
        wrong.append("OPENRVR_MEDIA_PLANE is janus: set OPENRVR_JANUS_SECRET.")
    return [checks.Error(each) for each in wrong]


def nodes_answer(**_: Any) -> list[checks.CheckMessage]:
    """Each node, by what it says of itself: whether it is there, lets us in, and can hold calls."""
    if not chosen.is_janus() or plane_is_there():
        return []
    try:
        drained = set(DrainedNode.objects.values_list("name", flat=True))
        told = {each.name: each for each in NodeRoom.objects.all()}
    except ProgrammingError:  # Before the first `openrvr migrate` none is.
        drained, told = set(), {}
    said = asyncio.run(_all_nodes(nodes(), settings.JANUS_SECRET, drained))
    if chosen.nodes_record():
        said += [_room(each.name, told.get(each.name), timezone.now()) for each in nodes()]
    return said


def _room(name: str, told: NodeRoom | None, now: datetime) -> checks.CheckMessage:
    """Whether the agent beside a node is there, and has room."""
    if told is None or now - told.told_at > _AGENT_SILENT:
        since = f" since {clock_or_day(told.told_at, now)}" if told else ""
        return checks.Warning(
            f"Nothing has been heard of the agent beside media node {name}{since}: what the node"
            " records stays there."
        )
    free = f"{told.free / 1e9:.1f} GB are free beside media node {name} for recordings"
    if told.is_full:
        return checks.Warning(f"{free}: it gets no more calls while another has room.")
    return checks.Info(f"{free}.")


async def _all_nodes(
    which: tuple[Node, ...], secret: str, drained: set[str]
) -> list[checks.CheckMessage]:
    return await asyncio.gather(*(_node(each, secret, each.name in drained) for each in which))


async def _node(node: Node, secret: str, is_drained: bool) -> checks.CheckMessage:
    try:
        async with connected(node, secret) as connection:
            handle = await connection.attach(lambda _: None)
            listed = await handle.ask({"request": "list"})
            await handle.detach()
            about = await connection.ask("info")
    except NodeTrouble as trouble:
        return checks.Error(f"OPENRVR_JANUS_NODES: {node.name} at {node.url}: {trouble}.")
    rooms = len(listed["plugindata"]["data"]["list"])
    version = about["version_string"]
    drained = ", drained: it gets no more" if is_drained else ""
    said = f"Media node {node.name}: Janus {version} at {node.url}, {rooms} calls{drained}."
    return checks.Info(said)
