"""Making the working copies, in the worker and before an export."""

from __future__ import annotations

import hashlib
import io
import logging
import tempfile
import uuid
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.core.exceptions import SuspiciousFileOperation

from openrvr.foundation.people.actors import service
from openrvr.foundation.unit_of_work import unit_of_work
from openrvr.journey.evidence import copying_mjr, custody_log, masters, sealed_files, vault
from openrvr.journey.evidence.copying import Copied, NothingToShow, copy
from openrvr.journey.evidence.custody.sealing import DoesNotOpen
from openrvr.journey.evidence.models import (
    CustodyEntry,
    Exhibit,
    Kind,
    Slice,
    Track,
    Upload,
    WorkingCopy,
)
from openrvr.journey.evidence.rules import Recorder, recorder_of
from openrvr.journey.evidence.screening.stripping import CannotCopy, working_copy
from openrvr.journey.evidence.vault import NoRoom, Shredded

log = logging.getLogger(__name__)

_JPEG = Copied("image/jpeg", "jpg", 0)
_PNG = Copied("image/png", "png", 0)


class CopyDamaged(Exception):
    """What is stored of a working copy is not what was made; the sentence says which."""

    def __init__(self, made: WorkingCopy, how: str) -> None:
        super().__init__(f"The copy of {made.slices} slices of track {made.track_id} {how}.")


def newest(track: Track) -> WorkingCopy | None:
    """The copy that shows most of the track."""
    return track.copies.order_by("-slices").first()


def bring_up_to_date(track: Track, *, now: datetime) -> WorkingCopy | None:
    """The copy of everything that is kept of a track; None where nothing can or may be shown.

    Written beside the one before, and named when it is whole. Twice is once; but one that is
    damaged is made again, and is None where it cannot be: the master has everything.

    Raises MasterDamaged, DoesNotOpen, NoRoom, Shredded.
    """
    if _is_withheld(track.exhibit):
        return None
    slices = list(track.slices.order_by("index"))
    made = newest(track)
    if made is None or made.slices != len(slices):
        return _make(track, slices, now=now)
    if _is_sound(made):
        return made
    try:
        return _make(track, slices, instead_of=made, now=now)
    except (NoRoom, OSError):
        log.exception("the copy of track %s cannot be made again", track.pk)
        return None


def _make(
    track: Track, slices: list[Slice], *, instead_of: WorkingCopy | None = None, now: datetime
) -> WorkingCopy | None:
    key = vault.data_key(track.exhibit)
    stream = sealed_files.Joined(masters.contents(track, slices, data_key=key))
    # Unencrypted only in a directory of its own, for as long as it takes.
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "copy"
        try:
            copied = _copied(track, io.BufferedReader(stream, 256 * 1024), path)
        except copying_mjr.ToolMissing as missing:
            # The master is kept, and exported, all the same.
            log.warning("no copy of track %s: %s", track.pk, missing)
            return None
        except NothingToShow:
            return None
        made = WorkingCopy(
            id=instead_of.pk if instead_of else uuid.uuid4(),
            track=track,
            made_at=now,
            slices=len(slices),
            media_type=copied.media_type,
            extension=copied.extension,
            milliseconds=copied.milliseconds,
        )
        return _store(made, path, instead_of=instead_of, key=key)


def _is_sound(made: WorkingCopy) -> bool:
    """It is the newest copy that the custody log knows of its track, and can be read."""
    noted = CustodyEntry.objects.filter(
        exhibit=made.track.exhibit_id, what="copied", details__track=str(made.track_id)
    )
    last = noted.order_by("-position").first()
    if last is None or last.details != receipt(made):
        log.warning("the copy of track %s is not the one that its log knows", made.track_id)
        return False
    try:
        check(made)
    except CopyDamaged as damage:
        log.warning("%s", damage)
        return False
    return True


def _is_withheld(exhibit: Exhibit) -> bool:
    """What she sent and is not whole, not looked at yet, or infected; also if it was shown once."""
    upload: Upload | None = getattr(exhibit, "upload", None)
    return upload is not None and not upload.may_be_shown


def _copied(track: Track, master: BinaryIO, target: Path) -> Copied:
    """Of a recording its packets, of a photograph the picture alone. Raises NothingToShow."""
    if track.exhibit.kind == Kind.RECORDING:
        by_recorder = copying_mjr.copy if recorder_of(track.media_type) is Recorder.NODE else copy
        return by_recorder(master, target)
    media_type = track.media_type
    if not media_type.startswith("image/"):
        raise NothingToShow("it is no picture")
    try:
        target.write_bytes(working_copy(master.read(), media_type))
    except CannotCopy as reason:
        raise NothingToShow(str(reason)) from None
    return _PNG if media_type == _PNG.media_type else _JPEG


def _store(
    made: WorkingCopy, path: Path, *, instead_of: WorkingCopy | None, key: bytes
) -> WorkingCopy:
    made.size = path.stat().st_size
    with path.open("rb") as file:
        made.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        made.pieces = sealed_files.write(
            file, exhibit=str(made.track.exhibit_id), name=str(made.pk), data_key=key
        )
    try:
        there = _name(made, instead_of=instead_of)
    except Shredded:
        _forget(made)
        raise
    if there.pieces != made.pieces:
        _forget(made)
    return there


def _forget(made: WorkingCopy) -> None:
    for piece in made.pieces:
        vault.forget(piece)


@unit_of_work()
def _name(made: WorkingCopy, *, instead_of: WorkingCopy | None) -> WorkingCopy:
    """From now on this is the copy; unless somebody was quicker with as much, or with more."""
    exhibit = custody_log.lock(made.track.exhibit_id)
    if exhibit.wrapped_key is None:
        raise Shredded(exhibit)
    as_much = WorkingCopy.objects.filter(track=made.track, slices__gte=made.slices)
    there = as_much.order_by("-slices").first()
    if there and (instead_of is None or there.pieces != instead_of.pieces):
        return there
    # What is stored of a damaged one stays: its row may have been altered to name anything.
    made.save(force_insert=instead_of is None, force_update=instead_of is not None)
    by = service("working copies")
    custody_log.note(exhibit, "copied", by=by, now=made.made_at, **receipt(made))
    return made


def receipt(made: WorkingCopy) -> dict[str, object]:
    """What the custody log says of a copy."""
    return {
        "track": str(made.track_id),
        "slices": made.slices,
        "media_type": made.media_type,
        "sha256": made.sha256,
        "size": made.size,
        "milliseconds": made.milliseconds,
    }


def check(made: WorkingCopy) -> None:
    """Read all of a copy, and hold it against its hash. Raises CopyDamaged, Shredded."""
    digest = hashlib.sha256()
    try:
        for piece in sealed(made).read(0, made.size):
            digest.update(piece)
    except FileNotFoundError:
        raise CopyDamaged(made, "is missing") from None
    except (DoesNotOpen, IndexError):
        raise CopyDamaged(made, "does not open") from None
    except (OSError, SuspiciousFileOperation) as error:
        raise CopyDamaged(made, f"cannot be read: {error}") from None
    if digest.hexdigest() != made.sha256:
        raise CopyDamaged(made, "was altered")


def sealed(made: WorkingCopy) -> sealed_files.SealedFile:
    """A copy's content. Raises Shredded."""
    exhibit = made.track.exhibit
    return sealed_files.SealedFile(
        exhibit=str(exhibit.pk),
        name=str(made.pk),
        pieces=made.pieces,
        size=made.size,
        data_key=vault.data_key(exhibit),
    )
