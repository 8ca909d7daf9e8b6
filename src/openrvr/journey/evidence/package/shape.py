"""The shape of what is read from a package: every field there, and of its type."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from openrvr.journey.evidence.custody.chain import Signed, instant
from openrvr.journey.evidence.package.fault import PackageFault
from openrvr.journey.evidence.package.form import DESCRIPTION

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


def check_description(description: dict[str, Any]) -> None:
    """Every field that is read later is there, and of its type."""
    _check_fields(description, _PACKAGE, DESCRIPTION)
    if not _is_instant(description["made_at"]):
        raise PackageFault(f"made_at of {DESCRIPTION} is no instant.")
    for name, expected in description["files"].items():
        if type(expected) is not str:
            raise PackageFault(f"{DESCRIPTION} has no hash of {name}.")
    for at, exhibit in enumerate(description["exhibits"], start=1):
        where = f"exhibit {at} in {DESCRIPTION}"
        _check_fields(exhibit, _EXHIBIT, where)
        _check_fields(exhibit, {n: t for n, t in _AT_TIMES.items() if n in exhibit}, where)
        for track in exhibit["tracks"]:
            _check_fields(track, _TRACK, f"a track of {where}")


def check_entries(log: list[Signed], where: str) -> None:
    """Likewise of the entries of a custody log, as far as they are read."""
    for entry in (signed.entry for signed in log):
        if fields := _ENTRIES.get(entry.what):
            _check_fields(entry.details, fields, f"entry {entry.position} of {where}")


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


def check_paths(description: dict[str, Any]) -> None:
    """Each of the files is one exhibit's log, master or copy, and each of these is a file."""
    exhibits = description["exhibits"]
    tracks = [track for exhibit in exhibits for track in exhibit["tracks"]]
    named = [exhibit["custody"] for exhibit in exhibits]
    named += [path for track in tracks for path in (track["master"], track["copy"]) if path]
    if unknown := set(named) - set(description["files"]):
        raise PackageFault(f"{min(unknown)} is not among the files of {DESCRIPTION}.")
    if len(set(named)) != len(named):
        raise PackageFault(f"{DESCRIPTION} names the same file twice.")
    if more := set(description["files"]) - set(named):
        raise PackageFault(f"{min(more)} belongs to no exhibit.")
