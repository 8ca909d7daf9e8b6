"""What the worker does with a file that has arrived: the antivirus looks, then a copy is made."""

from __future__ import annotations

import io
import uuid
from datetime import datetime

from openrvr.foundation.cases import actions as cases
from openrvr.foundation.unit_of_work import unit_of_work
from openrvr.journey.evidence import copies, masters, vault
from openrvr.journey.evidence.models import Track, Upload, WorkingCopy
from openrvr.journey.evidence.screening.antivirus import (
    Antivirus,
    CannotScan,
    Finding,
    TooLargeToScan,
    Verdict,
)
from openrvr.journey.evidence.screening.kinds import Family, kind_named
from openrvr.journey.evidence.sealed_files import Joined
from openrvr.journey.evidence.uploads.actions import NotWhole, complete, note_verdict

_UNSCANNED = Verdict(Finding.UNSCANNED)


def receive(exhibit_id: uuid.UUID, antivirus: Antivirus, *, now: datetime) -> None:
    """Have a whole file looked at, and make the working copy of a photograph. Twice is once.

    Raises CannotScan, once the file is marked as not scanned: then it is worth another try.
    """
    upload = Upload.objects.select_related("exhibit").get(pk=exhibit_id)
    try:
        # Her phone waits for it; but she may have gone, and the web process with her.
        complete(upload, now=now)
    except NotWhole:
        return
    trouble = _look(upload, antivirus, now=now)
    _show(upload, now=now)
    if trouble:
        raise trouble


def _look(upload: Upload, antivirus: Antivirus, *, now: datetime) -> CannotScan | None:
    if upload.finding in {Finding.CLEAN, Finding.INFECTED}:
        return None
    try:
        note_verdict(upload.pk, antivirus.look(_master(upload)), now=now)
    except TooLargeToScan:
        note_verdict(upload.pk, _UNSCANNED, now=now)
    except CannotScan as trouble:
        note_verdict(upload.pk, _UNSCANNED, now=now)
        return trouble
    return None


def _master(upload: Upload) -> io.BufferedReader:
    track = Track.objects.select_related("exhibit").get(pk=upload.key)
    pieces = masters.content(track, data_key=vault.data_key(track.exhibit))
    return io.BufferedReader(Joined(pieces))


def _show(upload: Upload, *, now: datetime) -> None:
    """A picture, for whoever may look; the desk reads it again when it is there."""
    if kind_named(upload.media_type).family is not Family.PHOTOGRAPH:
        return
    track = Track.objects.select_related("exhibit__case", "exhibit__upload").get(pk=upload.key)
    before = WorkingCopy.objects.filter(track=track).exists()
    if copies.bring_up_to_date(track, now=now) and not before:
        _tell(track, now=now)


@unit_of_work()
def _tell(track: Track, *, now: datetime) -> None:
    cases.tell_changed(track.exhibit.case, now=now)
