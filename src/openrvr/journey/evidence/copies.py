"""Making the working copies, in the worker and before an export."""

from __future__ import annotations

import hashlib
import io
import tempfile
import uuid
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from openrvr.foundation.people.actors import service
from openrvr.foundation.unit_of_work import unit_of_work
from openrvr.journey.evidence import custody_log, masters, sealed_files, vault
from openrvr.journey.evidence.copying import Copied, NothingToShow, copy
from openrvr.journey.evidence.models import Exhibit, Kind, Track, Upload, WorkingCopy
from openrvr.journey.evidence.screening.stripping import CannotCopy, working_copy
from openrvr.journey.evidence.vault import Shredded

_JPEG = Copied("image/jpeg", "jpg", 0)
_PNG = Copied("image/png", "png", 0)


def newest(track: Track) -> WorkingCopy | None:
    """The copy that shows most of the track."""
    return track.copies.order_by("-slices").first()


def bring_up_to_date(track: Track, *, now: datetime) -> WorkingCopy | None:
    """The copy of everything that is kept of a track; None where nothing can or may be shown.

    Written beside the one before, and named when it is whole. Twice is once.
    """
    exhibit = track.exhibit
    if _is_withheld(exhibit):
        return None
    slices = list(track.slices.order_by("index"))
    made = newest(track)
    if made and made.slices == len(slices):
        return made
    key = vault.data_key(exhibit)
    stream = sealed_files.Joined(masters.contents(track, slices, data_key=key))
    # Unencrypted only in a directory of its own, for as long as it takes.
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "copy"
        try:
            copied = _copied(track, io.BufferedReader(stream, 256 * 1024), path)
        except NothingToShow:
            return None
        return _store(track, len(slices), path, copied, key=key, now=now)


def _is_withheld(exhibit: Exhibit) -> bool:
    """What she sent and is not whole, not looked at yet, or infected; also if it was shown once."""
    upload: Upload | None = getattr(exhibit, "upload", None)
    return upload is not None and not upload.may_be_shown


def _copied(track: Track, master: BinaryIO, target: Path) -> Copied:
    """Of a recording its packets, of a photograph the picture alone. Raises NothingToShow."""
    if track.exhibit.kind == Kind.RECORDING:
        return copy(master, target)
    media_type = track.media_type
    if not media_type.startswith("image/"):
        raise NothingToShow("it is no picture")
    try:
        target.write_bytes(working_copy(master.read(), media_type))
    except CannotCopy as reason:
        raise NothingToShow(str(reason)) from None
    return _PNG if media_type == _PNG.media_type else _JPEG


def _store(
    track: Track, slices: int, path: Path, copied: Copied, *, key: bytes, now: datetime
) -> WorkingCopy:
    made = WorkingCopy(
        id=uuid.uuid4(),
        track=track,
        made_at=now,
        slices=slices,
        media_type=copied.media_type,
        extension=copied.extension,
        milliseconds=copied.milliseconds,
        size=path.stat().st_size,
    )
    with path.open("rb") as file:
        made.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        made.pieces = sealed_files.write(
            file, exhibit=str(track.exhibit_id), name=str(made.pk), data_key=key
        )
    try:
        there = _name(made, now=now)
    except Shredded:
        for piece in made.pieces:
            vault.forget(piece)
        raise
    if there.pk != made.pk:
        for piece in made.pieces:
            vault.forget(piece)
    return there


@unit_of_work()
def _name(made: WorkingCopy, *, now: datetime) -> WorkingCopy:
    """From now on this is the copy; unless somebody was quicker with the same."""
    exhibit = custody_log.lock(made.track.exhibit_id)
    if exhibit.wrapped_key is None:
        raise Shredded(exhibit)
    there = WorkingCopy.objects.filter(track=made.track, slices=made.slices).first()
    if there:
        return there
    made.save(force_insert=True)
    custody_log.note(
        exhibit,
        "copied",
        by=service("working copies"),
        now=now,
        track=str(made.track_id),
        slices=made.slices,
        media_type=made.media_type,
        sha256=made.sha256,
        size=made.size,
        milliseconds=made.milliseconds,
    )
    return made


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
