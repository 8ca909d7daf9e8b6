"""What `openrvr evidence verify` prints."""

from __future__ import annotations

import sys
import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from openrvr.journey.evidence.package.fault import PackageFault
from openrvr.journey.evidence.package.verifying import Findings, verify


def report(package: Path, *, keys: Sequence[str] = (), roots: Sequence[Path] = ()) -> int:
    """Verify and tell; returns the exit status, 0 or 1."""
    try:
        known = [_key(key) for key in keys]
        with tempfile.TemporaryDirectory() as directory:
            found = verify(
                _unpacked(package, Path(directory)),
                keys=known,
                roots=[root.read_bytes() for root in roots],
            )
    except (PackageFault, OSError) as fault:
        print(f"NOT VERIFIED. {fault}", file=sys.stderr)
        return 1
    print("\n".join(_lines(found)))
    return 0


def _lines(found: Findings) -> list[str]:
    whose = (
        "one of the keys given"
        if found.key_is_known
        else "compare it with the key that the force publishes, or give that with --key"
    )
    lines = [
        f"VERIFIED. {found.case}, packed {found.made_at:%Y-%m-%d %H:%M:%S} UTC.",
        f"{found.exhibits} exhibits, {found.entries} entries of custody, {found.size:,} bytes:"
        " every file, every slice and every entry is as it was signed.",
        f"Signed by the key {found.signed_by}: {whose}.",
    ]
    if found.stamped:
        trust = "" if found.stamped.is_trusted else ", whose certificates were not checked: --root"
        lines.append(
            f"Time-stamped {found.stamped.at:%Y-%m-%d %H:%M:%S} UTC by"
            f" {found.stamped.authority}{trust}."
        )
    else:
        lines.append("Without a time stamp: that it was packed then rests on the service alone.")
    return lines


def _key(written: str) -> bytes:
    try:
        key = bytes.fromhex(written)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise PackageFault(f"{written!r} is not a public key: 64 hexadecimal digits.")
    return key


def _unpacked(package: Path, directory: Path) -> Path:
    """The bag's own directory, wherever it lies in a ZIP."""
    if package.is_dir():
        return package
    try:
        with zipfile.ZipFile(package) as archive:
            _check_names(archive, package.name)
            archive.extractall(directory)
    except zipfile.BadZipFile as error:
        raise PackageFault(f"{package.name} is neither a directory nor a ZIP: {error}.") from None
    # Encrypted, compressed in a way that nobody here knows, or cut off.
    except (RuntimeError, NotImplementedError, EOFError, ValueError, zlib.error) as error:
        raise PackageFault(f"{package.name} cannot be unpacked: {error}.") from None
    inside = list(directory.iterdir())
    if len(inside) != 1 or not (inside[0] / "bagit.txt").is_file():
        raise PackageFault(f"{package.name} is not one package, and nothing else.")
    return inside[0]


def _check_names(archive: zipfile.ZipFile, where: str) -> None:
    """Every program unpacks the same from it: no name twice, and none that leads elsewhere."""
    seen = set()
    for name in archive.namelist():
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name:
            raise PackageFault(f"{name} lies outside the package.")
        if path in seen:
            raise PackageFault(f"{where} has {name} twice.")
        seen.add(path)
