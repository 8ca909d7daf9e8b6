"""A pass to deliver the slices of one call.

Given to the officer of the call and kept beside the slices in the browser's spool. After a crash
another officer may sign in at that machine: the slices are delivered all the same, under the name
of whoever is signed in.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.core import signing

LIFE = timedelta(days=30)
_SALT = "openrvr.evidence.delivery"


def delivery_pass(call_id: uuid.UUID) -> str:
    return signing.dumps(str(call_id), salt=_SALT)


def may_deliver(given: str, call_id: uuid.UUID) -> bool:
    """Whether `given` is a pass of ours for this call, at most `LIFE` old."""
    try:
        return bool(signing.loads(given, salt=_SALT, max_age=LIFE) == str(call_id))
    except signing.BadSignature:
        return False
