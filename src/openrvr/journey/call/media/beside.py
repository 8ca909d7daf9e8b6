"""What the web process does for the media besides serving pages. It needs no models."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, nullcontext

from django.conf import settings
from django.utils.crypto import salted_hmac

from openrvr.foundation.live.hub import Hub
from openrvr.journey.call.media.janus.connection import Node
from openrvr.journey.call.media.janus.driver import Driver


def driving(hub: Hub) -> AbstractAsyncContextManager[None]:
    """The nodes, where calls go by them: nothing where browsers reach each other."""
    if settings.MEDIA_PLANE != "janus":
        return nullcontext()
    # A name that is this installation's own, and says nothing to whoever runs the node.
    owner = salted_hmac("openrvr.media.owner", "").hexdigest()[:20]
    driver = Driver(hub, nodes(), settings.JANUS_SECRET, owner, settings.JANUS_RECORDINGS)
    return driver.running()


def nodes() -> tuple[Node, ...]:
    """Raises ValueError for a name or an address that cannot be read."""
    found = []
    for each in settings.JANUS_NODES:
        name, given, url = each.partition("=")
        if not (name and given and url.startswith(("ws://", "wss://"))):
            raise ValueError(f"{each!r} is not NAME=ws://ADDRESS:PORT")
        found.append(Node(name, url))
    return tuple(found)
