"""Verifying the evidence store itself: every log, every stored slice, every anchor."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from django.db import transaction

from openrvr.foundation.audit.models import AuditLine
from openrvr.journey.evidence import custody_log, masters, vault
from openrvr.journey.evidence.custody.chain import ChainFault, Signed
from openrvr.journey.evidence.custody.keys import KeyUnknown, NotTheKey
from openrvr.journey.evidence.custody.sealing import DoesNotOpen
from openrvr.journey.evidence.masters import MasterDamaged
from openrvr.journey.evidence.models import Disposal, Exhibit, Slice, Track
from openrvr.journey.evidence.package.form import slices_by_track
from openrvr.journey.evidence.retention.certificates import certifies
from openrvr.journey.evidence.vault import Shredded


def faults() -> Iterator[tuple[Exhibit, str]]:
    """Each exhibit that is not as it was receipted, with the first thing that is wrong with it."""
    for exhibit in Exhibit.objects.select_related("case").order_by("case_id", "number"):
        # What was destroyed between two readings is no fault: it is looked at again.
        fault = _fault(exhibit) and _fault(exhibit)
        if fault:
            yield exhibit, fault


def _fault(exhibit: Exhibit) -> str:
    try:
        _check(exhibit.pk)
    except (ChainFault, MasterDamaged, DoesNotOpen, KeyUnknown, NotTheKey, Shredded) as fault:
        return str(fault)
    except OSError as fault:
        return f"It cannot be read from the store: {fault}"
    return ""


def _check(exhibit_id: uuid.UUID) -> None:
    with transaction.atomic():
        # Nothing is added between the readings of row, log and slices.
        exhibit = custody_log.lock(exhibit_id)
        log = list(custody_log.whole(exhibit))
        _check_end(exhibit, log)
        _check_what_it_is(exhibit, log)
        _check_rows(exhibit, log)
    if exhibit.wrapped_key is None:
        _check_destruction(exhibit, log)
        return
    key = vault.data_key(exhibit)
    for track in exhibit.tracks.all():
        for _ in masters.content(track, data_key=key):
            pass


def _check_end(exhibit: Exhibit, log: list[Signed]) -> None:
    """The log's end, as the exhibit's row has it and as the access log took note of it."""
    head = log[-1].hash if log else b""
    if (exhibit.length, bytes(exhibit.head)) != (len(log), head):
        raise ChainFault(f"The log ends at entry {len(log)} of {exhibit.length}.")
    noted = AuditLine.objects.filter(
        case_reference=exhibit.case.reference, details__exhibit_id=str(exhibit.pk)
    ).order_by("at")
    for line in noted:
        length, expected = line.details["length"], line.details["head"]
        if length > len(log) or log[length - 1].hash.hex() != expected:
            raise ChainFault(f"Entry {length} is not the one that the access log took note of.")


def _check_what_it_is(exhibit: Exhibit, log: list[Signed]) -> None:
    """Its row says what its first entry says."""
    begun = log[0].entry.details if log else {}
    if (begun.get("case"), begun.get("kind")) != (exhibit.case.reference, exhibit.kind):
        raise ChainFault("Its row has another case or kind than its custody log.")
    people = {track: slices[0]["person"] for track, slices in slices_by_track(log).items()}
    for track, person in exhibit.tracks.values_list("pk", "person"):
        if people.get(str(track), person) != person:
            raise ChainFault(f"Track {track} is said to be another person's.")


def _check_destruction(exhibit: Exhibit, log: list[Signed]) -> None:
    """Its key is gone by a decision that was logged and certified, and not otherwise."""
    disposal = Disposal.objects.filter(exhibit=exhibit).first()
    if not any(each.entry.what == "destroyed" for each in log) or disposal is None:
        raise MasterDamaged("Its key is gone, and nobody has destroyed it.")
    if not certifies(disposal.certificate, exhibit):
        raise MasterDamaged("The certificate of its destruction is not genuine.")


def _check_rows(exhibit: Exhibit, log: list[Signed]) -> None:
    """Every slice that was receipted has its row, and no row is without a receipt."""
    receipted = {
        (track, each["index"], each["sha256"], each["final"])
        for track, slices in slices_by_track(log).items()
        for each in slices
    }
    rows = {
        (str(track), index, sha256, final)
        for track, index, sha256, final in Slice.objects.filter(
            track__in=Track.objects.filter(exhibit=exhibit)
        ).values_list("track_id", "index", "sha256", "final")
    }
    for track, index, *_ in sorted(receipted ^ rows):
        raise MasterDamaged(f"Slice {index} of track {track} is not as it was receipted.")
