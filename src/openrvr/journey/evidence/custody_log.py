"""Adding to an exhibit's custody log, and reading it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime

from openrvr.foundation.audit import actions as audit
from openrvr.foundation.people.actors import Actor
from openrvr.journey.evidence.custody.chain import GENESIS, Entry, Signed, sign, verified
from openrvr.journey.evidence.models import CustodyEntry, Exhibit
from openrvr.journey.evidence.vault import believed_keys, signing_key


def lock(exhibit_id: uuid.UUID) -> Exhibit:
    """The exhibit, locked to the end of the transaction. Raises Exhibit.DoesNotExist.

    Taken after the case's own lock where both are taken.
    """
    return Exhibit.objects.select_for_update(of=("self",)).select_related("case").get(pk=exhibit_id)


def append(
    exhibit: Exhibit, what: str, *, by: Actor, now: datetime, **details: object
) -> CustodyEntry:
    """Add an entry to the log of an exhibit that the caller has locked.

    `details` hold strings, whole numbers, lists and objects of such: PostgreSQL keeps no other
    number as it was written. Nothing that a victim said or wrote.
    """
    entry = Entry(
        exhibit=str(exhibit.pk),
        position=exhibit.length + 1,
        at=now,
        by={"kind": by.kind, "id": by.id, "label": by.label},
        what=what,
        details=details,
    )
    signed = sign(entry, previous=bytes(exhibit.head) or GENESIS, key=signing_key())
    added = CustodyEntry.objects.create(
        exhibit=exhibit,
        position=entry.position,
        at=now,
        by_kind=by.kind,
        by_id=by.id,
        by_label=by.label,
        what=what,
        details=details,
        previous_hash=signed.previous,
        hash=signed.hash,
        signature=signed.signature,
        signing_key=signed.key,
    )
    exhibit.length, exhibit.head = entry.position, signed.hash
    exhibit.save(update_fields=["length", "head"])
    return added


def note(
    exhibit: Exhibit, what: str, *, by: Actor, now: datetime, **details: object
) -> CustodyEntry:
    """`append`, and a line in the access log, which takes note of the log's length and last hash.

    That log is chained by the database itself: a custody log whose end was cut off afterwards, by
    whoever may, is not as long as it was noted. Of slices only one in many is noted: a call has one
    each second.
    """
    entry = append(exhibit, what, by=by, now=now, **details)
    audit.record(
        f"evidence.{what}",
        by=by,
        now=now,
        case_reference=exhibit.case.reference,
        exhibit=exhibit.reference,
        exhibit_id=str(exhibit.pk),
        length=exhibit.length,
        head=bytes(exhibit.head).hex(),
    )
    return entry


def signed(entry: CustodyEntry) -> Signed:
    """A stored entry as it was signed."""
    return Signed(
        Entry(
            exhibit=str(entry.exhibit_id),
            position=entry.position,
            at=entry.at,
            by={"kind": entry.by_kind, "id": entry.by_id, "label": entry.by_label},
            what=entry.what,
            details=entry.details,
        ),
        previous=bytes(entry.previous_hash),
        hash=bytes(entry.hash),
        signature=bytes(entry.signature),
        key=entry.signing_key,
    )


def whole(exhibit: Exhibit) -> Iterator[Signed]:
    """The log from its beginning, verified as it is read. Raises ChainFault."""
    entries = CustodyEntry.objects.filter(exhibit=exhibit).order_by("position")
    stored = (signed(entry) for entry in entries.iterator(chunk_size=1000))
    return verified(stored, exhibit=str(exhibit.pk), keys=believed_keys())
