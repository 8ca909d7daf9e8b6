"""Verifying a package: offline, without the service and without its database."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

import bagit

from openrvr.journey.evidence import timestamps
from openrvr.journey.evidence.custody.chain import GENESIS, ChainFault, Signed, read, verified
from openrvr.journey.evidence.custody.keys import PublicKeys, key_id
from openrvr.journey.evidence.package import form

_BUFFER = 1024 * 1024
_TAG_FILES = {"bagit.txt", "bag-info.txt", "manifest-sha256.txt"}


class PackageFault(Exception):
    """The first thing that is wrong with a package, in a sentence."""


@dataclass(frozen=True)
class Findings:
    """What a package that is right says of itself."""

    case: str
    made_at: datetime
    exhibits: int
    entries: int
    size: int  # Bytes of the payload.
    signed_by: str  # The id of the key.
    key_is_known: bool
    stamped: timestamps.Stamped | None


def verify(directory: Path, *, keys: Sequence[bytes] = (), roots: Sequence[bytes] = ()) -> Findings:
    """Check everything in a package; raises PackageFault with the first thing that is wrong.

    `keys` are the service's public keys (32 bytes each) as the force publishes them: without one
    it is only checked that everything was signed by the key that the package itself names. `roots`
    are the certificates (PEM) that a time-stamp authority is believed by.
    """
    bag = _bag(directory)
    payload = directory / "data"
    description, signed_by = _description(payload, keys)
    stated = _stated_files(description)
    logs = [_log(payload, exhibit, description) for exhibit in description["exhibits"]]
    _check_files(directory, bag, stated, list(zip(description["exhibits"], logs, strict=True)))
    for exhibit, log in zip(description["exhibits"], logs, strict=True):
        _check_what_it_is(exhibit, log, case=str(description["case"]))
        _check_gaps(exhibit, log, until=datetime.fromisoformat(description["made_at"]))
    return Findings(
        case=str(description["case"]),
        made_at=datetime.fromisoformat(description["made_at"]),
        exhibits=len(logs),
        entries=sum(len(log) for log in logs),
        size=sum((payload / name).stat().st_size for name in stated),
        signed_by=signed_by,
        key_is_known=signed_by in {key_id(key) for key in keys},
        stamped=_stamp(payload, roots, is_stamped=bool(description.get("stamped"))),
    )


def _bag(directory: Path) -> bagit.Bag:
    """The bag, complete: every file that its manifest names is there, and no other."""
    logging.getLogger("bagit").setLevel(logging.CRITICAL)  # What it says stands in the fault.
    try:
        bag = bagit.Bag(str(directory))
        bag.validate(completeness_only=True)
        unknown = set(bag.tagfile_entries()) - _TAG_FILES
        if unknown:
            raise PackageFault(f"{min(unknown)} belongs to no package.")
    except (bagit.BagError, OSError) as error:
        raise PackageFault(f"The bag is not complete: {error}") from None
    return bag


def _description(payload: Path, keys: Sequence[bytes]) -> tuple[dict[str, Any], str]:
    """What the package says is in it, once its signature is found right; and the key's id."""
    raw = _read(payload / form.DESCRIPTION)
    try:
        description = json.loads(raw)
        signature = json.loads(_read(payload / form.SIGNATURE))
        own = [bytes.fromhex(key) for key in description["keys"]]
        key, signed = str(signature["key"]), bytes.fromhex(signature["signature"])
        fits = description["format"] == form.FORMAT
    except (ValueError, KeyError, TypeError):
        raise PackageFault(f"{form.DESCRIPTION} or its signature cannot be read.") from None
    if not fits:
        raise PackageFault(f"{form.DESCRIPTION} has a format that this program does not know.")
    if keys and key not in {key_id(each) for each in keys}:
        raise PackageFault(f"The package was signed by the key {key}, which is not one of yours.")
    if not PublicKeys(keys or own).signed(form.what_is_signed(raw), signed, key=key):
        raise PackageFault(f"{form.DESCRIPTION} does not bear the signature of the key {key}.")
    return description, key


def _stated_files(description: dict[str, Any]) -> dict[str, str]:
    """The SHA-256 of every file, by its path below the payload."""
    files = description["files"]
    for name in files:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            raise PackageFault(f"{name} lies outside the package.")
    return dict(files)


def _log(payload: Path, exhibit: dict[str, Any], description: dict[str, Any]) -> list[Signed]:
    """The exhibit's custody log, whole to its last entry."""
    keys = PublicKeys(bytes.fromhex(key) for key in description["keys"])
    lines = _read(payload / exhibit["custody"]).splitlines()
    where = f"The custody log of exhibit {exhibit['number']}"
    try:
        log = list(verified(map(_entry, lines), exhibit=exhibit["id"], keys=keys))
    except ChainFault as fault:
        raise PackageFault(f"{where}: {fault}") from None
    head = log[-1].hash if log else GENESIS
    if len(log) != exhibit["length"] or head.hex() != exhibit["head"]:
        raise PackageFault(
            f"{where} ends at entry {len(log)}, and {exhibit['length']} were signed for."
        )
    return log


def _entry(line: bytes) -> Signed:
    try:
        return read(json.loads(line))
    except ValueError:
        raise ChainFault("An entry of the custody log cannot be read.") from None


def _check_files(
    directory: Path,
    bag: bagit.Bag,
    stated: dict[str, str],
    exhibits: list[tuple[dict[str, Any], list[Signed]]],
) -> None:
    """Every file against the bag's manifest, the signed description and the custody logs.

    Two threads: each byte of a master is hashed twice, in its file and in its slice.
    """
    masters = [
        (directory / "data" / track["master"], slices, exhibit["number"])
        for exhibit, log in exhibits
        for track, slices in _tracks(exhibit, log)
    ]
    with ThreadPoolExecutor(2) as pool:
        sums = {name: pool.submit(_sha256, directory / name) for name in _all_files(bag)}
        slices = [pool.submit(_check_slices, *master) for master in masters]
        hashed = {name: found.result() for name, found in sums.items()}
        for found in slices:
            found.result()
    for name, expected in _all_files(bag).items():
        if hashed[name] != expected:
            raise PackageFault(f"{name} was altered: its hash is not the manifest's.")
    said = {f"data/{name}": expected for name, expected in stated.items()}
    own = {f"data/{name}" for name in (form.DESCRIPTION, form.SIGNATURE, form.TIME_STAMP)}
    for name in sorted({name for name in hashed if name.startswith("data/")} - own):
        if hashed[name] != said.pop(name, None):
            raise PackageFault(f"{name} is not the file that {form.DESCRIPTION} was signed for.")
    if said:
        raise PackageFault(f"{min(said)} is missing.")
    for exhibit, log in exhibits:
        _check_wholes(exhibit, log, hashed)
        _check_copies(exhibit, log, hashed)


def _all_files(bag: bagit.Bag) -> dict[str, str]:
    """Payload and tag files with the SHA-256 that the bag's manifests give."""
    return {
        name: sums["sha256"].lower()
        for name, sums in sorted({**bag.payload_entries(), **bag.tagfile_entries()}.items())
    }


def _tracks(
    exhibit: dict[str, Any], log: list[Signed]
) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Each track with its slices, as the log has them: no track more, and none less."""
    where = f"Exhibit {exhibit['number']}"
    was_destroyed = any(signed.entry.what == "destroyed" for signed in log)
    if was_destroyed is not ("destroyed" in exhibit):
        fate = "was destroyed" if was_destroyed else "was not destroyed"
        raise PackageFault(f"{where} {fate}: its log says so.")
    if was_destroyed:
        if exhibit["tracks"]:
            raise PackageFault(f"{where} has tracks, and was destroyed.")
        return []
    kept = form.slices_by_track(log)
    tracks = {track["id"]: track for track in exhibit["tracks"]}
    if set(kept) != set(tracks):
        raise PackageFault(f"{where} has other tracks than its custody log.")
    return [(tracks[track], slices) for track, slices in kept.items()]


def _check_slices(master: Path, slices: list[dict[str, Any]], number: int) -> None:
    """A master is its slices, one after the other, each as it was receipted."""
    where = f"the master {master.name} of exhibit {number}"
    with master.open("rb") as file:
        for each in slices:
            content = file.read(each["size"])
            if hashlib.sha256(content).hexdigest() != each["sha256"]:
                raise PackageFault(f"Slice {each['index']} of {where} is not what was receipted.")
        if file.read(1):
            raise PackageFault(f"There is more in {where} than was receipted.")


def _check_wholes(exhibit: dict[str, Any], log: list[Signed], hashed: dict[str, str]) -> None:
    """A file that she sent has the hash that her own phone gave of it."""
    masters = {hashed[f"data/{track['master']}"] for track in exhibit["tracks"]}
    if not form.wholes(log) <= masters:
        raise PackageFault(f"The master of exhibit {exhibit['number']} is not what she sent.")


def _check_copies(exhibit: dict[str, Any], log: list[Signed], hashed: dict[str, str]) -> None:
    """A copy is the newest that the custody log knows of its own track."""
    made = {
        e.entry.details["track"]: e.entry.details["sha256"] for e in log if e.entry.what == "copied"
    }
    for track in exhibit["tracks"]:
        if track["copy"] and hashed[f"data/{track['copy']}"] != made.get(track["id"]):
            raise PackageFault(f"{track['copy']} is not the copy that the custody log knows.")


def _check_what_it_is(exhibit: dict[str, Any], log: list[Signed], *, case: str) -> None:
    """Case, kind, people and findings are the custody log's, whatever stands in the description."""
    where = f"exhibit {exhibit['number']}"
    begun = next((each.entry.details for each in log if each.entry.what == "begun"), None)
    if begun is None or begun.get("case") != case or begun.get("kind") != exhibit["kind"]:
        raise PackageFault(f"Another case or kind is said of {where} than its custody log has.")
    if exhibit["kind"] == "recording" and "gaps" not in exhibit:
        raise PackageFault(f"The gap map of {where} is missing.")
    tracks = {track["id"]: track for track in exhibit["tracks"]}
    for track, slices in form.slices_by_track(log).items():
        said = tracks.get(track)
        if said and said["person"] != slices[0]["person"]:
            raise PackageFault(f"Track {track} of {where} is said to be another person's.")
    found = [each.entry.details for each in log if each.entry.what == "scanned"]
    if found and exhibit.get("upload", {}).get("finding") != found[-1].get("finding"):
        raise PackageFault(f"Another finding is said of {where} than its custody log has.")


def _check_gaps(exhibit: dict[str, Any], log: list[Signed], *, until: datetime) -> None:
    if "gaps" in exhibit and exhibit["gaps"] != form.gap_map(log, until=until):
        raise PackageFault(
            f"The gap map of exhibit {exhibit['number']} is not what its custody log says."
        )
    if "gaps" in exhibit and exhibit.get("late") != form.received_late(log):
        raise PackageFault(
            f"What exhibit {exhibit['number']} says was received late is not what its log says."
        )


def _stamp(payload: Path, roots: Sequence[bytes], *, is_stamped: bool) -> timestamps.Stamped | None:
    path = payload / form.TIME_STAMP
    if not path.exists():
        if is_stamped:
            raise PackageFault("The time stamp that belongs to the package is missing.")
        return None
    try:
        stamped = timestamps.verify(_read(path), _read(payload / form.DESCRIPTION), roots)
    except timestamps.StampDoesNotFit as fault:
        raise PackageFault(f"The time stamp does not fit: {fault}") from None
    if roots and not stamped.is_trusted:
        raise PackageFault("The time stamp does not lead to a certificate that you trust.")
    return stamped


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PackageFault(f"{path.name} cannot be read: {error.strerror}.") from None


def _sha256(path: Path) -> str:
    digest, buffer = hashlib.sha256(), bytearray(_BUFFER)
    view = memoryview(buffer)
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(buffer):
            digest.update(view[:count])
    return digest.hexdigest()
