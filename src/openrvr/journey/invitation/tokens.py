"""The link's token: short enough to type, too long to guess, kept only as a hash."""

from __future__ import annotations

import hashlib
import re
import secrets

# Crockford's base 32: no letters that look like digits. 12 characters are 60 bits.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12


def new_token() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def hashed(token: str) -> str:
    """SHA-256, in hexadecimal. The token has 60 random bits, so it needs no salt or stretching."""
    return hashlib.sha256(token.upper().encode()).hexdigest()


def new_device_secret() -> str:
    """What binds an invitation to the first phone that opened it: 256 bits, in a cookie."""
    return secrets.token_urlsafe(32)


def is_device_secret(given: str) -> bool:
    """Whether it has the form of one."""
    return re.fullmatch(r"[\w-]{43}", given, re.ASCII) is not None
