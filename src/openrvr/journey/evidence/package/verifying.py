"""Verifying a package: offline, without the service and without its database."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import stat
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn

import bagit

from openrvr.journey.evidence import timestamps
from openrvr.journey.evidence.custody.chain import (
    GENESIS,
    ChainFault,
    Signed,
    instant,
    read,
    verified,
)
from openrvr.journey.evidence.custody.keys import PublicKeys, key_id
from openrvr.journey.evidence.package import form

_BUFFER = 1024 * 1024
_BAGIT = b"BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n"
_TAG_FILES = {"bagit.txt", "bag-info.txt", "manifest-sha256.txt"}
_ROOT = {*_TAG_FILES, "tagmanifest-sha256.txt", "data"}
_AGENT = re.compile(r"bagit\.py v[0-9a-z.+]+ <https://github\.com/LibraryOfCongress/bagit-python>")

# What JSON makes of each field that is read here. Others may be there: they were signed.
_Fields = dict[str, tuple[type, ...]]
_NONE = type(None)
_PACKAGE: _Fields = {
    "case": (str,),
    "made_at": (str,),
    "made_by": (str,),
    "stamped": (bool,),
    "exhibits": (list,),
    "files": (dict,),
}
_EXHIBIT: _Fields = {
    "id": (str,),
    "number": (int,),
    "reference": (str,),
    "kind": (str,),
    "custody": (str,),
    "length": (int,),
    "head": (str,),
    "tracks": (list,),
}
_AT_TIMES: _Fields = {"upload": (dict,), "destroyed": (dict,)}
_TRACK: _Fields = {
    "id": (str,),
    "number": (int,),
    "person": (str,),
    "media_type": (str,),
    "master": (str,),
    "copy": (str, _NONE),
}
# Likewise of the details of custody entries.
_ENTRIES: dict[str, _Fields] = {
    "slice": {
        "track": (str,),
        "person": (str,),
        "media_type": (str,),
        "index": (int,),
        "sha256": (str,),
        "size": (int,),
    },
    "copied": {"track": (str,), "sha256": (str,)},
    "complete": {"sha256": (str,)},
}
# What Python makes of JSON that has the right fields, and nonsense in them.
_NONSENSE = (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)


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
    _check_names(bag, stated)
    logs = [_log(payload, exhibit, description) for exhibit in description["exhibits"]]
    _check_files(directory, bag, stated, list(zip(description["exhibits"], logs, strict=True)))
    for exhibit, log in zip(description["exhibits"], logs, strict=True):
        _check_what_it_is(exhibit, log, case=description["case"])
        _check_its_tracks(exhibit, log)
        _check_its_end(exhibit, log, description)
        _check_gaps(exhibit, log, until=datetime.fromisoformat(description["made_at"]))
    _check_exhibits_are_several(description["exhibits"])
    _check_tags(directory, bag, description)
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


def _bag(directory: Path) -> bagit.Bag:
    """The bag, complete: every file that its manifest names is there, and nothing else at all."""
    logging.getLogger("bagit").setLevel(logging.CRITICAL)  # What it says stands in the fault.
    try:
        _check_root(directory)
        _check_tree(directory)
        bag = bagit.Bag(str(directory))
        bag.validate(completeness_only=True)
    except (bagit.BagError, OSError, ValueError) as error:
        raise PackageFault(f"The bag is not complete: {error}") from None
    _check_manifest(directory / "manifest-sha256.txt", bag.payload_entries())
    _check_manifest(directory / "tagmanifest-sha256.txt", bag.tagfile_entries())
    if missing := _TAG_FILES - set(bag.tagfile_entries()):
        raise PackageFault(f"tagmanifest-sha256.txt does not name {min(missing)}.")
    return bag


def _check_root(directory: Path) -> None:
    """BagIt lets anything lie beside the payload, named or not: a package does not."""
    names = {path.name for path in directory.iterdir()}
    if unknown := names - _ROOT:
        raise PackageFault(f"{min(unknown)} belongs to no package.")
    if missing := _ROOT - names:
        raise PackageFault(f"The bag is not complete: {min(missing)} is missing.")
    if _read(directory / "bagit.txt") != _BAGIT:
        raise PackageFault("bagit.txt is not that of a package.")


def _check_tree(directory: Path) -> None:
    """Files, and directories that have some: a link may show another file to whoever looks next."""
    for folder, folders, files in os.walk(directory, onerror=_give_up):
        where = Path(folder)
        if not folders and not files:
            raise PackageFault(f"{where.relative_to(directory)} is an empty directory.")
        for name in (*folders, *files):
            mode = (where / name).lstat().st_mode
            if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
                path = (where / name).relative_to(directory)
                raise PackageFault(f"{path} is neither a file nor a directory.")


def _give_up(error: OSError) -> NoReturn:
    raise error


def _check_manifest(path: Path, entries: dict[str, dict[str, str]]) -> None:
    """The library passes over comments and over lines that it cannot read."""
    lines = [line.split(maxsplit=1) for line in _read(path).decode().splitlines()]
    if sorted(lines) != sorted([sums.get("sha256", ""), name] for name, sums in entries.items()):
        raise PackageFault(f"{path.name} has lines that belong to no file.")


def _check_tags(directory: Path, bag: bagit.Bag, description: dict[str, Any]) -> None:
    """Nothing is signed of bag-info.txt itself: it says what was signed for, and no more."""
    sizes = [(directory / name).stat().st_size for name in bag.payload_entries()]
    said = {
        "Bag-Software-Agent": str(bag.info.get("Bag-Software-Agent")),
        "Bagging-Date": description["made_at"][:10],
        "External-Identifier": description["case"],
        "Payload-Oxum": f"{sum(sizes)}.{len(sizes)}",
    }
    for name, expected in said.items():
        if bag.info.get(name) != expected:
            raise PackageFault(f"bag-info.txt has another {name} than was signed for.")
    if not _AGENT.fullmatch(said["Bag-Software-Agent"]):
        raise PackageFault("bag-info.txt names a Bag-Software-Agent that makes no packages.")
    lines = _read(directory / "bag-info.txt").decode().splitlines()
    if lines != [f"{name}: {value}" for name, value in said.items()]:
        raise PackageFault("bag-info.txt says more than was signed for.")


def _description(payload: Path, keys: Sequence[bytes]) -> tuple[dict[str, Any], str]:
    """What the package says is in it, once its signature is found right; and the key's id."""
    raw, beside = _read(payload / form.DESCRIPTION), _read(payload / form.SIGNATURE)
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
    _check_description(description)
    return description, key


def _check_description(description: dict[str, Any]) -> None:
    """Every field that is read later is there, and of its type."""
    _check_fields(description, _PACKAGE, form.DESCRIPTION)
    if not _is_instant(description["made_at"]):
        raise PackageFault(f"made_at of {form.DESCRIPTION} is no instant.")
    for name, expected in description["files"].items():
        if type(expected) is not str:
            raise PackageFault(f"{form.DESCRIPTION} has no hash of {name}.")
    for at, exhibit in enumerate(description["exhibits"], start=1):
        where = f"exhibit {at} in {form.DESCRIPTION}"
        _check_fields(exhibit, _EXHIBIT, where)
        _check_fields(exhibit, {n: t for n, t in _AT_TIMES.items() if n in exhibit}, where)
        for track in exhibit["tracks"]:
            _check_fields(track, _TRACK, f"a track of {where}")


def _check_fields(value: object, fields: _Fields, where: str) -> None:
    if not isinstance(value, dict):
        raise PackageFault(f"What stands for {where} is no object.")
    for name, types in fields.items():
        if name not in value:
            raise PackageFault(f"{name} of {where} is missing.")
        # Not isinstance: to Python, true is a number.
        if type(value[name]) not in types:
            raise PackageFault(f"{name} of {where} is of another type.")


def _is_instant(written: str) -> bool:
    try:
        return instant(datetime.fromisoformat(written)) == written
    except (ValueError, OverflowError):
        return False


def _check_paths(description: dict[str, Any]) -> None:
    """Each of the files is one exhibit's log, master or copy, and each of these is a file."""
    exhibits = description["exhibits"]
    tracks = [track for exhibit in exhibits for track in exhibit["tracks"]]
    named = [exhibit["custody"] for exhibit in exhibits]
    named += [path for track in tracks for path in (track["master"], track["copy"]) if path]
    if unknown := set(named) - set(description["files"]):
        raise PackageFault(f"{min(unknown)} is not among the files of {form.DESCRIPTION}.")
    if len(set(named)) != len(named):
        raise PackageFault(f"{form.DESCRIPTION} names the same file twice.")
    if more := set(description["files"]) - set(named):
        raise PackageFault(f"{min(more)} belongs to no exhibit.")


def _stated_files(description: dict[str, Any]) -> dict[str, str]:
    """The SHA-256 of every file, by its path below the payload."""
    files = description["files"]
    for name in files:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            raise PackageFault(f"{name} lies outside the package.")
    _check_paths(description)
    return dict(files)


def _log(payload: Path, exhibit: dict[str, Any], description: dict[str, Any]) -> list[Signed]:
    """The exhibit's custody log, whole to its last entry."""
    keys = PublicKeys(bytes.fromhex(key) for key in description["keys"])
    lines = _read(payload / exhibit["custody"]).splitlines()
    where = f"the custody log of exhibit {exhibit['number']}"
    try:
        log = list(verified(map(_entry, lines), exhibit=exhibit["id"], keys=keys))
    except ChainFault as fault:
        raise PackageFault(f"In {where}: {fault}") from None
    except _NONSENSE as error:
        raise PackageFault(f"An entry of {where} cannot be read: {error!r}.") from None
    for signed in log:
        entry = signed.entry
        if fields := _ENTRIES.get(entry.what):
            _check_fields(entry.details, fields, f"entry {entry.position} of {where}")
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
        stamped = timestamps.verify(_read(path), _read(payload / form.DESCRIPTION), roots)
    except (timestamps.StampDoesNotFit, ValueError) as fault:
        raise PackageFault(f"The time stamp does not fit: {fault}") from None
    if roots and not stamped.is_trusted:
        raise PackageFault("The time stamp does not lead to a certificate that you trust.")
    return stamped


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PackageFault(f"{path.name} cannot be read: {error.strerror}.") from None
    except ValueError as error:  # A name that no file can have.
        raise PackageFault(f"{path.name!r} cannot be read: {error}.") from None


def _sha256(path: Path) -> str:
    digest, buffer = hashlib.sha256(), bytearray(_BUFFER)
    view = memoryview(buffer)
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(buffer):
            digest.update(view[:count])
    return digest.hexdigest()
