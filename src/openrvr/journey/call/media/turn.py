"""ICE servers, with time-limited TURN credentials.

The credential is coturn's `use-auth-secret` (draft-uberti-behave-turn-rest): the user name is
`<expiry, seconds since 1970>:<seat>` and the password its HMAC-SHA-1 under the shared secret, in
base 64. The TURN server checks it with the long-term mechanism of RFC 8489, section 9.2.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

LIFE = timedelta(hours=6)


@dataclass(frozen=True)
class TurnConfiguration:
    """STUN and TURN addresses (`turn:host:3478?transport=udp`), and TURN's shared secret."""

    stun_urls: tuple[str, ...] = ()
    turn_urls: tuple[str, ...] = ()
    secret: str = ""
    relay_only: bool = False


def ice_configuration(configuration: TurnConfiguration, whom: str, now: datetime) -> dict[str, Any]:
    """What one browser hands to RTCPeerConnection: each seat of a call has a name of its own."""
    servers: list[dict[str, Any]] = []
    if configuration.stun_urls:
        servers.append({"urls": list(configuration.stun_urls)})
    if configuration.turn_urls:
        user = f"{int((now + LIFE).timestamp())}:{whom}"
        servers.append(
            {
                "urls": list(configuration.turn_urls),
                "username": user,
                "credential": credential(user, configuration.secret),
            }
        )
    policy = "relay" if configuration.relay_only and configuration.turn_urls else "all"
    return {"iceServers": servers, "iceTransportPolicy": policy}


def credential(user: str, secret: str) -> str:
    # SHA-1 is the protocol's choice; HMAC-SHA-1 is not known to be broken.
    digest = hmac.new(secret.encode(), user.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()
