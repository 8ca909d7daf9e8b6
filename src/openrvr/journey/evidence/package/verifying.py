"""Verifying a package: offline, without the service and without its database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

import bagit

from openrvr.journey.evidence import timestamps
from openrvr.journey.evidence.custody.chain import (
    GENESIS,
    ChainFault,
    Signed,
    read,
    verified,
)
from openrvr.journey.evidence.custody.keys import PublicKeys, key_id
from openrvr.journey.evidence.package import form
from openrvr.journey.evidence.package.bag import check_tags, read_file, whole_bag
from openrvr.journey.evidence.package.fault import PackageFault
from openrvr.journey.evidence.package.shape import check_description, check_entries, check_paths

_BUFFER = 1024 * 1024
# What Python makes of JSON that has the right fields, and nonsense in them.
_NONSENSE = (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)


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
    bag = whole_bag(directory)
    payload = directory / "data"
    description, signed_by = _description(payload, keys)
    stated = _stated_files(description)
    _check_names(bag, stated)
    logs = [_log(payload, exhibit, description) for exhibit in description["exhibits"]]
    _check_files(directory, bag, stated, list(zip(description["exhibits"], logs, strict=True)))
    for exhibit, log in zip(description["exhibits"], logs, strict=True):
        _check_what_it_is(exhibit, log, case=description["case"])
        _check_its_tracks(exhibit, log)
        _check_its_end(exhibit, log, description)
        _check_gaps(exhibit, log, until=datetime.fromisoformat(description["made_at"]))
    _check_exhibits_are_several(description["exhibits"])
    check_tags(directory, bag, description)
    return Findings(
        case=description["case"],
        made_at=datetime.fromisoformat(description["made_at"]),
        exhibits=len(logs),
        entries=sum(len(log) for log in logs),
        size=sum((payload / name).stat().st_size for name in stated),
        signed_by=signed_by,
        key_is_known=signed_by in {key_id(key) for key in keys},
        stamped=_stamp(payload, roots, is_stamped=description["stamped"]),
    )


def _description(payload: Path, keys: Sequence[bytes]) -> tuple[dict[str, Any], str]:
    """What the package says is in it, once its signature is found right; and the key's id."""
    raw, beside = read_file(payload / form.DESCRIPTION), read_file(payload / form.SIGNATURE)
    try:
        description, signature = json.loads(raw), json.loads(beside)
        own = [bytes.fromhex(key) for key in description["keys"]]
        believed = PublicKeys(keys or own)
        PublicKeys(own)
        key, signed = str(signature["key"]), bytes.fromhex(signature["signature"])
        fits = description["format"] == form.FORMAT
    except _NONSENSE:
        raise PackageFault(f"{form.DESCRIPTION} or its signature cannot be read.") from None
    if not fits:
        raise PackageFault(f"{form.DESCRIPTION} has a format that this program does not know.")
    if keys and key not in {key_id(each) for each in keys}:
        raise PackageFault(f"The package was signed by the key {key}, which is not one of yours.")
    if not believed.signed(form.what_is_signed(raw), signed, key=key):
        raise PackageFault(f"{form.DESCRIPTION} does not bear the signature of the key {key}.")
    if beside != json.dumps({"key": key, "signature": signed.hex()}).encode():
        raise PackageFault(f"There is more in {form.SIGNATURE} than a signature.")
    check_description(description)
    return description, key


def _stated_files(description: dict[str, Any]) -> dict[str, str]:
    """The SHA-256 of every file, by its path below the payload."""
    files = description["files"]
    for name in files:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            raise PackageFault(f"{name} lies outside the package.")
    check_paths(description)
    return dict(files)


def _log(payload: Path, exhibit: dict[str, Any], description: dict[str, Any]) -> list[Signed]:
    """The exhibit's custody log, whole to its last entry."""
    keys = PublicKeys(bytes.fromhex(key) for key in description["keys"])
    lines = read_file(payload / exhibit["custody"]).splitlines()
    where = f"the custody log of exhibit {exhibit['number']}"
    try:
        log = list(verified(map(_entry, lines), exhibit=exhibit["id"], keys=keys))
    except ChainFault as fault:
        raise PackageFault(f"In {where}: {fault}") from None
    except _NONSENSE as error:
        raise PackageFault(f"An entry of {where} cannot be read: {error!r}.") from None
    check_entries(log, where)
    head = log[-1].hash if log else GENESIS
    if len(log) != exhibit["length"] or head.hex() != exhibit["head"]:
        raise PackageFault(
            f"{where.capitalize()} ends at entry {len(log)},"
            f" and {exhibit['length']} were signed for."
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
    for name, expected in sorted(stated.items()):
        if hashed[f"data/{name}"] != expected:
            raise _other_file(name)
    for exhibit, log in exhibits:
        _check_wholes(exhibit, log, hashed)
        _check_copies(exhibit, log, hashed)


def _check_names(bag: bagit.Bag, stated: dict[str, str]) -> None:
    """The payload has the files that were signed for, and no other."""
    own = {form.DESCRIPTION, form.SIGNATURE, form.TIME_STAMP}
    there = {name.removeprefix("data/") for name in bag.payload_entries()} - own
    if unknown := there - set(stated):
        raise _other_file(min(unknown))
    if missing := set(stated) - there:
        raise PackageFault(f"data/{min(missing)} is missing.")


def _other_file(name: str) -> PackageFault:
    return PackageFault(f"data/{name} is not the file that {form.DESCRIPTION} was signed for.")


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
    if set(kept) != set(tracks) or len(tracks) != len(exhibit["tracks"]):
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
    """Case, kind and findings are the custody log's, whatever stands in the description."""
    where = f"exhibit {exhibit['number']}"
    begun = next((each.entry.details for each in log if each.entry.what == "begun"), None)
    if begun is None or begun.get("case") != case or begun.get("kind") != exhibit["kind"]:
        raise PackageFault(f"Another case or kind is said of {where} than its custody log has.")
    if exhibit["kind"] == "recording" and "gaps" not in exhibit:
        raise PackageFault(f"The gap map of {where} is missing.")
    if exhibit["reference"] != f"{case}/{exhibit['number']}":
        raise PackageFault(f"The reference of {where} is another exhibit's.")
    found = [each.entry.details for each in log if each.entry.what == "scanned"]
    if found and exhibit.get("upload", {}).get("finding") != found[-1].get("finding"):
        raise PackageFault(f"Another finding is said of {where} than its custody log has.")


def _check_exhibits_are_several(exhibits: list[dict[str, Any]]) -> None:
    for name in ("id", "number"):
        if len({exhibit[name] for exhibit in exhibits}) != len(exhibits):
            raise PackageFault(f"Two exhibits have the same {name}.")


def _check_its_tracks(exhibit: dict[str, Any], log: list[Signed]) -> None:
    """Person, kind of file and order of the tracks are the custody log's."""
    where = f"exhibit {exhibit['number']}"
    tracks = {track["id"]: track for track in exhibit["tracks"]}
    numbers = []
    for track, slices in form.slices_by_track(log).items():
        if not (said := tracks.get(track)):
            continue  # Destroyed: nothing is said of its tracks.
        if said["person"] != slices[0]["person"]:
            raise PackageFault(f"Track {track} of {where} is said to be another person's.")
        if said["media_type"] != slices[0]["media_type"]:
            raise PackageFault(f"Track {track} of {where} is said to be of another media type.")
        numbers.append(said["number"])
    if numbers != sorted(set(numbers)):
        raise PackageFault(f"The tracks of {where} are not in the order of its custody log.")


def _check_its_end(exhibit: dict[str, Any], log: list[Signed], description: dict[str, Any]) -> None:
    """The last that the log knows is this export: when it was, and who answers for it."""
    last = log[-1].entry
    if last.what != "exported" or last.at != datetime.fromisoformat(description["made_at"]):
        raise PackageFault(
            f"The custody log of exhibit {exhibit['number']} does not end with this export."
        )
    if last.by.get("label") != description["made_by"]:
        raise PackageFault(
            f"Somebody else exported exhibit {exhibit['number']} than the package says."
        )


def _check_gaps(exhibit: dict[str, Any], log: list[Signed], *, until: datetime) -> None:
    if "gaps" not in exhibit:
        return
    where = f"exhibit {exhibit['number']}"
    try:
        found, late = form.gap_map(log, until=until), form.received_late(log)
    except _NONSENSE as error:
        raise PackageFault(f"The custody log of {where} has no sense: {error!r}.") from None
    if exhibit["gaps"] != found:
        raise PackageFault(f"The gap map of {where} is not what its custody log says.")
    if exhibit.get("late") != late:
        raise PackageFault(f"What {where} says was received late is not what its log says.")


def _stamp(payload: Path, roots: Sequence[bytes], *, is_stamped: bool) -> timestamps.Stamped | None:
    path = payload / form.TIME_STAMP
    if not path.exists():
        if is_stamped:
            raise PackageFault("The time stamp that belongs to the package is missing.")
        return None
    if not is_stamped:
        raise PackageFault("A time stamp lies in a package that was signed as having none.")
    try:
        stamped = timestamps.verify(read_file(path), read_file(payload / form.DESCRIPTION), roots)
    except (timestamps.StampDoesNotFit, ValueError) as fault:
        raise PackageFault(f"The time stamp does not fit: {fault}") from None
    if roots and not stamped.is_trusted:
        raise PackageFault("The time stamp does not lead to a certificate that you trust.")
    return stamped


def _sha256(path: Path) -> str:
    digest, buffer = hashlib.sha256(), bytearray(_BUFFER)
    view = memoryview(buffer)
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(buffer):
            digest.update(view[:count])
    return digest.hexdigest()
