"""The certificate that something was destroyed: signed, and about nobody.

One lies in the database and one in the evidence store: a database that is restored from a backup
does not bring back what was destroyed since (`actions.destroy_again`).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from openrvr.journey.evidence import vault
from openrvr.journey.evidence.custody.chain import canonical, instant
from openrvr.journey.evidence.models import Exhibit, Slice

log = logging.getLogger(__name__)

FORMAT = "openrvr.disposal.1"
_CONTEXT = b"openrvr.disposal.1"
_FOLDER = "certificates"


def certify(
    exhibit: Exhibit, *, rule: str, deciders: list[str], policy: str, now: datetime
) -> dict[str, Any]:
    """What was destroyed, when and under which rule, signed: no name, no reference of a case.

    `deciders` are account ids, or the part of the service; names are personal data.
    """
    slices = Slice.objects.filter(track__exhibit=exhibit)
    statement = {
        "format": FORMAT,
        "exhibit": str(exhibit.pk),
        "kind": exhibit.kind,
        "made_at": instant(exhibit.made_at),
        "destroyed_at": instant(now),
        "rule": rule,
        "policy": policy,
        "decided_by": deciders,
        "slices": slices.count(),
        "bytes": sum(slices.values_list("size", flat=True)),
        "custody_length": exhibit.length,
        "custody_head": bytes(exhibit.head).hex(),
    }
    key = vault.signing_key()
    signature = key.sign(_CONTEXT + canonical(statement)).hex()
    return {"statement": statement, "key": key.id, "signature": signature}


def is_genuine(stored: dict[str, Any]) -> bool:
    """Whether a certificate bears a signature of this installation."""
    try:
        signature = bytes.fromhex(stored["signature"])
        message = _CONTEXT + canonical(stored["statement"])
        return vault.believed_keys().signed(message, signature, key=stored["key"])
    except (KeyError, TypeError, ValueError):
        return False


def certifies(stored: dict[str, Any], exhibit: Exhibit) -> bool:
    """Whether it is a genuine certificate, and about this exhibit."""
    return is_genuine(stored) and stored["statement"].get("exhibit") == str(exhibit.pk)


def deposit(certificate: dict[str, Any]) -> None:
    """Put a certificate into the evidence store; a genuine one that is there stays."""
    name = f"{certificate['statement']['exhibit']}.json"
    if name in vault.names_in(_FOLDER):
        if _read(name):
            return
        vault.forget(f"{_FOLDER}/{name}")
    vault.put_plain(f"{_FOLDER}/{name}", json.dumps(certificate, indent=1).encode())


def deposited() -> Iterator[dict[str, Any]]:
    """Every certificate of the evidence store that this installation has signed."""
    for name in vault.names_in(_FOLDER):
        if stored := _read(name):
            yield stored


def _read(name: str) -> dict[str, Any] | None:
    """A genuine certificate by its file's name; None for whatever else lies there."""
    try:
        stored = json.loads(vault.get_plain(f"{_FOLDER}/{name}"))
    except (ValueError, OSError) as problem:
        log.warning("%s is no certificate: %s", name, problem)
        return None
    return stored if isinstance(stored, dict) and is_genuine(stored) else None
