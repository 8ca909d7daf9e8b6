"""What lets our web process in at a node, and nobody else: keys made of the force's one secret.

Janus lets in whoever has its `api_secret` or a signed token that has not expired. Only tokens are
sent: what was overheard once is of no use ten minutes later. The token is that of janus.jcfg's
`token_auth_secret`: `<expiry, seconds since 1970>,janus,<plugin>`, a colon, and its HMAC-SHA-1 in
base 64.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta

PLUGIN = "janus.plugin.videoroom"
TOKEN_LIFE = timedelta(minutes=10)


def api_secret(secret: str) -> str:
    return _derived(secret, "api")


def token_secret(secret: str) -> str:
    return _derived(secret, "tokens")


def token(secret: str, now: float) -> str:
    """One that is good from `now` (seconds since 1970) for `TOKEN_LIFE`."""
    said = f"{int(now + TOKEN_LIFE.total_seconds())},janus,{PLUGIN}"
    # SHA-1 is Janus' choice; HMAC-SHA-1 is not known to be broken.
    digest = hmac.new(token_secret(secret).encode(), said.encode(), hashlib.sha1).digest()
    return f"{said}:{base64.b64encode(digest).decode()}"


def _derived(secret: str, purpose: str) -> str:
    return hmac.new(
        secret.encode(), f"openrvr janus {purpose}".encode(), hashlib.sha256
    ).hexdigest()
