"""What proves an agent: a word that only whoever has the nodes' secret can sign, for a minute."""

from __future__ import annotations

import hashlib
import hmac

LIFE = 60  # seconds


def agent_pass(secret: str, node: str, now: float) -> str:
    """Of the agent beside `node`; `now` is seconds since 1970."""
    said = f"{int(now + LIFE)}.{node}"
    return f"{said}.{_signed(secret, said)}"


def of_which_node(given: str, secret: str, now: float) -> str | None:
    """The node that a pass is of; None where it is no pass of ours, or not any more."""
    said, _, signature = given.rpartition(".")
    if not secret or not hmac.compare_digest(signature.encode(), _signed(secret, said).encode()):
        return None
    until, _, node = said.partition(".")
    # A clock that is ahead on the node signs for later: twice the time, and no more.
    return node if now < int(until) <= now + 2 * LIFE else None


def _signed(secret: str, said: str) -> str:
    key = hmac.new(secret.encode(), b"openrvr janus agent", hashlib.sha256).digest()
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()
