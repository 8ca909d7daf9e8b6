"""Writing a package: everything that is evidence in a case, for the force's own system."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import bagit
from django.conf import settings

from openrvr.foundation.cases.models import Case
from openrvr.foundation.people.models import Account
from openrvr.foundation.refusal import Refused
from openrvr.foundation.unit_of_work import unit_of_work
from openrvr.journey.evidence import copies, custody_log, masters, timestamps, vault
from openrvr.journey.evidence.custody.chain import Signed, instant
from openrvr.journey.evidence.masters import MasterDamaged
from openrvr.journey.evidence.models import (
    Exhibit,
    Kind,
    Slice,
    Track,
    Upload,
    WorkingCopy,
)
from openrvr.journey.evidence.package import form
from openrvr.journey.evidence.queries import of_case, tracks_of
from openrvr.journey.evidence.rules import Recorder, recorder_of
from openrvr.journey.evidence.screening.kinds import kind_named
from openrvr.journey.evidence.vault import Shredded


class NothingToExport(Refused):
    """The case has no exhibit."""

    def __init__(self, case: Case) -> None:
        super().__init__(f"{case.reference} has no evidence to export.")


class AlreadyThere(Refused):
    """Nothing is written over."""

    def __init__(self, target: Path) -> None:
        super().__init__(f"{target} is there already: nothing is written over.")


def export(case: Case, directory: Path, *, by: Account, now: datetime) -> Path:
    """Write the package of a case into `directory`; returns its own directory.

    Of what was destroyed it has the custody log and the certificate. It has its name when it is
    whole; what fails leaves nothing behind. Raises NothingToExport, AlreadyThere, MasterDamaged,
    CannotStamp, and Shredded where something was destroyed while it was written.
    """
    exhibits = list(of_case(case))
    if not exhibits:
        raise NothingToExport(case)
    target = directory / f"{case.reference}-{now:%Y%m%dT%H%M%SZ}"
    if target.exists():
        raise AlreadyThere(target)
    directory.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=directory))
    try:
        written = _write(case, exhibits, draft, by=by, now=now)
        _give_its_name(draft, target, written)
    except BaseException:
        shutil.rmtree(draft)
        raise
    return target


@unit_of_work()
def _give_its_name(draft: Path, target: Path, written: list[_AsLogged]) -> None:
    """Raises Shredded: what was destroyed while it was written would come back with the package."""
    for each in written:
        _must_be_there_still(each)
    draft.rename(target)


@unit_of_work()
def _must_be_there_still(logged: _AsLogged) -> None:
    if logged.is_there and custody_log.lock(logged.exhibit.pk).wrapped_key is None:
        raise Shredded(logged.exhibit)


def _write(
    case: Case, exhibits: list[Exhibit], draft: Path, *, by: Account, now: datetime
) -> list[_AsLogged]:
    """Everything that belongs into the package; returns what it was written from."""
    payload = _Payload(draft)
    written, described = [], []
    for exhibit in exhibits:
        sound = _bring_copies_up_to_date(exhibit, now=now)
        logged = _log_this_export(exhibit, sound, by=by, now=now)
        try:
            described.append(_exhibit(logged, payload, now=now))
        except (MasterDamaged, FileNotFoundError):
            _must_be_there_still(logged)
            raise
        written.append(logged)
    description = form.written(
        {
            "format": form.FORMAT,
            "case": case.reference,
            "made_at": instant(now),
            "made_by": by.name,
            "keys": [public.hex() for public in vault.public_keys()],
            "stamped": bool(settings.TIME_STAMP_URL),
            "exhibits": described,
            "files": payload.sums,
        }
    )
    key = vault.signing_key()
    signature = key.sign(form.what_is_signed(description)).hex()
    payload.add(form.DESCRIPTION, [description])
    if settings.TIME_STAMP_URL:
        payload.add(form.TIME_STAMP, [timestamps.stamp(description, authority())])
    payload.add(form.SIGNATURE, [json.dumps({"key": key.id, "signature": signature}).encode()])
    bagit.make_bag(
        str(draft),
        {"External-Identifier": case.reference, "Bagging-Date": instant(now)[:10]},
        checksums=["sha256"],
    )
    return written


def authority() -> timestamps.Authority:
    """The time-stamp authority that the installation names."""
    roots = Path(settings.TIME_STAMP_ROOTS).read_bytes() if settings.TIME_STAMP_ROOTS else b""
    return timestamps.Authority(settings.TIME_STAMP_URL, (roots,) if roots else ())


@dataclass
class _Payload:
    """Files as they are written, each with its SHA-256."""

    root: Path
    sums: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, content: Iterable[bytes]) -> str:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with path.open("xb") as file:
            for piece in content:
                file.write(piece)
                digest.update(piece)
        self.sums[name] = digest.hexdigest()
        return name


@dataclass(frozen=True)
class _AsLogged:
    """An exhibit as it was when its export was logged: what is destroyed later is still there."""

    exhibit: Exhibit
    log: list[Signed]
    tracks: list[Track]
    made: dict[uuid.UUID, WorkingCopy]
    upload: Upload | None

    @property
    def is_there(self) -> bool:
        return self.exhibit.wrapped_key is not None


def _bring_copies_up_to_date(exhibit: Exhibit, *, now: datetime) -> set[uuid.UUID]:
    """The tracks that have a copy which can be shown.

    Raises MasterDamaged; not where the exhibit is destroyed, before or meanwhile.
    """
    if exhibit.wrapped_key is None:
        return set()
    try:
        return {t.pk for t in tracks_of(exhibit) if copies.bring_up_to_date(t, now=now)}
    except (MasterDamaged, Shredded):
        # Destroyed meanwhile: its ciphertext may be gone already.
        if Exhibit.objects.filter(pk=exhibit.pk, wrapped_key__isnull=False).exists():
            raise
        return set()


@unit_of_work()
def _log_this_export(
    exhibit: Exhibit, sound: set[uuid.UUID], *, by: Account, now: datetime
) -> _AsLogged:
    """The log to its present end: that it is exported is its last entry.

    Whether the exhibit is there, and what of it, is read under the same lock: making the copies
    takes minutes, and what was read before that may have been destroyed.
    """
    locked = custody_log.lock(exhibit.pk)
    custody_log.note(locked, "exported", by=by.actor, now=now)
    log = list(custody_log.whole(locked))
    upload = Upload.objects.filter(exhibit=locked).first()
    if locked.wrapped_key is None:
        return _AsLogged(locked, log, [], {}, upload)
    logged = form.slices_by_track(log)
    tracks = [track for track in tracks_of(locked) if str(track.pk) in logged]
    is_withheld = upload is not None and not upload.may_be_shown
    found = {} if is_withheld else {t.pk: copies.newest(t) for t in tracks if t.pk in sound}
    made = {track: copy for track, copy in found.items() if copy}
    return _AsLogged(locked, log, tracks, made, upload)


def _exhibit(logged: _AsLogged, payload: _Payload, *, now: datetime) -> dict[str, Any]:
    exhibit, log = logged.exhibit, logged.log
    folder = f"exhibits/{exhibit.number}"
    lines = (json.dumps(e.as_json(), ensure_ascii=False).encode() + b"\n" for e in log)
    last = log[-1]
    described: dict[str, Any] = {
        "id": str(exhibit.pk),
        "number": exhibit.number,
        "reference": exhibit.reference,
        "kind": exhibit.kind,
        "custody": payload.add(f"{folder}/custody.jsonl", lines),
        "length": last.entry.position,
        "head": last.hash.hex(),
        "tracks": [
            _track(track, logged.made.get(track.pk), payload, folder, until=last)
            for track in logged.tracks
        ],
    }
    if not logged.is_there:
        described["destroyed"] = exhibit.disposal.certificate
    if exhibit.kind == Kind.RECORDING:
        described["gaps"] = form.gap_map(log, until=now)
        described["late"] = form.received_late(log)
    if logged.upload:
        described["upload"] = _upload(logged.upload)
    return described


def _upload(upload: Upload) -> dict[str, Any]:
    """What her phone said of a file, and what the antivirus said: whoever opens it must know."""
    return {
        "name": upload.name,
        "media_type": upload.media_type,
        "size": upload.size,
        "sha256": upload.sha256,
        "complete": upload.complete_at is not None,
        "finding": upload.finding,
        "signature": upload.signature,
    }


def _extension(track: Track) -> str:
    """A recorder's stream is WebM; what she sent is of the kind that it was found to be."""
    if track.exhibit.kind == Kind.RECORDING:
        return "mjr.tar" if recorder_of(track.media_type) is Recorder.NODE else "webm"
    return kind_named(track.media_type).extension


def _track(
    track: Track, made: WorkingCopy | None, payload: _Payload, folder: str, *, until: Signed
) -> dict[str, Any]:
    key = vault.data_key(track.exhibit)
    name = f"{track.number}-{track.person}"
    kept = Slice.objects.filter(track=track, entry__position__lte=until.entry.position)
    content = masters.contents(track, kept.order_by("index").iterator(), data_key=key)
    described = {
        "id": str(track.pk),
        "number": track.number,
        "person": track.person,
        "media_type": track.media_type,
        "master": payload.add(f"{folder}/masters/{name}.{_extension(track)}", content),
        "copy": None,
    }
    if made:
        sealed = copies.sealed(made)
        described["copy"] = payload.add(
            f"{folder}/copies/{name}.{made.extension}", sealed.read(0, made.size)
        )
    return described
