"""Debian's clamd on loopback, which knows a single signature."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from openrvr.journey.evidence.screening.antivirus import CannotScan, Clamd, ClamdConfiguration

# Harmless, and every antivirus finds it (eicar.org). In two parts, or it would find this file.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
STREAM_MAX, FILE_MAX = 2_000_000, 1_000_000


@dataclass(frozen=True)
class Daemon:
    """The two ways to reach it: a socket's path, and host:port."""

    path: str
    address: str


@contextmanager
def running_clamd(home: Path) -> Iterator[Daemon]:
    """Where clamd is missing the test is skipped; not as root, who could have installed it."""
    if not shutil.which("clamd"):
        missing = "clamd is missing: apt-get install --no-install-recommends clamav-daemon"
        (pytest.fail if os.geteuid() == 0 else pytest.skip)(missing)
    found = Daemon(str(home / "socket"), f"127.0.0.1:{free_port()}")
    with subprocess.Popen(
        ("clamd", "--foreground", f"--config-file={_configured(home, found)}"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            _until_it_listens(server, found)
            yield found
        finally:
            server.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _configured(home: Path, daemon: Daemon) -> Path:
    signatures = home / "signatures"
    signatures.mkdir()
    # name:target:offset:signature, in hexadecimal (ClamAV's documentation, "Extended signature").
    (signatures / "eicar.ndb").write_text(f"Eicar-Test:0:*:{EICAR.hex()}\n")
    port = daemon.address.partition(":")[2]
    configuration = home / "clamd.conf"
    configuration.write_text(
        f"DatabaseDirectory {signatures}\n"
        f"TemporaryDirectory {home}\n"
        f"LocalSocket {daemon.path}\n"
        f"TCPAddr 127.0.0.1\nTCPSocket {port}\n"
        f"StreamMaxLength {STREAM_MAX}\nMaxFileSize {FILE_MAX}\n"
        "AlertExceedsMax yes\n"
    )
    return configuration


def _until_it_listens(server: subprocess.Popen[bytes], daemon: Daemon) -> None:
    while server.poll() is None:
        try:
            for address in (daemon.path, daemon.address):
                Clamd(ClamdConfiguration(address)).ping()
        except CannotScan:
            continue
        return
    pytest.fail(f"clamd ended with {server.returncode} instead of listening")
