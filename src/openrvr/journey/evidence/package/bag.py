"""The bag itself: what lies in its directory, and the files that BagIt adds."""

from __future__ import annotations

import logging
import os
import re
import stat
from pathlib import Path
from typing import Any, NoReturn

import bagit

from openrvr.journey.evidence.package.fault import PackageFault

_BAGIT = b"BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n"
_TAG_FILES = {"bagit.txt", "bag-info.txt", "manifest-sha256.txt"}
_ROOT = {*_TAG_FILES, "tagmanifest-sha256.txt", "data"}
_AGENT = re.compile(r"bagit\.py v[0-9a-z.+]+ <https://github\.com/LibraryOfCongress/bagit-python>")


def whole_bag(directory: Path) -> bagit.Bag:
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
    if read_file(directory / "bagit.txt") != _BAGIT:
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
    lines = [line.split(maxsplit=1) for line in read_file(path).decode().splitlines()]
    if sorted(lines) != sorted([sums.get("sha256", ""), name] for name, sums in entries.items()):
        raise PackageFault(f"{path.name} has lines that belong to no file.")


def check_tags(directory: Path, bag: bagit.Bag, description: dict[str, Any]) -> None:
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
    lines = read_file(directory / "bag-info.txt").decode().splitlines()
    if lines != [f"{name}: {value}" for name, value in said.items()]:
        raise PackageFault("bag-info.txt says more than was signed for.")


def read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PackageFault(f"{path.name} cannot be read: {error.strerror}.") from None
    except ValueError as error:  # A name that no file can have.
        raise PackageFault(f"{path.name!r} cannot be read: {error}.") from None
