"""Debian's coturn, as a force would run it, for as long as a test needs it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import trustme

SECRET = "a-shared-secret"


@dataclass
class Coturn:
    """One that listens: plain on `port` by UDP and TCP, with TLS on `tls_port` if it has one."""

    address: str
    port: int
    tls_port: int
    command: tuple[str, ...]
    has_tls: bool
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for each in (self.port, self.tls_port) if self.has_tls else (self.port,):
            _until_it_listens(self.process, self.address, each)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def coturn(
    home: Path,
    *flags: str,
    authority: trustme.CA | None = None,
    address: str = "127.0.0.1",
) -> Iterator[Coturn]:
    """Starts it at `address` with SECRET; `authority` signs its certificate for that address.

    Without `--allow-loopback-peers` it passes nothing on to this machine itself.
    """
    if not shutil.which("turnserver"):
        sentence = "coturn is missing: apt-get install coturn"
        pytest.fail(sentence) if os.geteuid() == 0 else pytest.skip(sentence)
    port, tls_port = _free_port(address), _free_port(address)
    command = (
        "turnserver",
        "-n",  # no configuration file of this machine
        *("--use-auth-secret", f"--static-auth-secret={SECRET}", "--realm=openrvr.example"),
        *(f"--listening-ip={address}", f"--relay-ip={address}"),
        *(f"--listening-port={port}", f"--tls-listening-port={tls_port}"),
        *("--no-dtls", "--no-cli", "--log-file=stdout", "--simple-log"),
        *(f"--pidfile={home / 'pid'}", f"--userdb={home / 'users'}"),
        *(_certified(home, authority, address) if authority else ["--no-tls"]),
        *flags,
    )
    relay = Coturn(address, port, tls_port, command, has_tls=authority is not None)
    relay.start()
    try:
        yield relay
    finally:
        relay.kill()


def _certified(home: Path, authority: trustme.CA, address: str) -> list[str]:
    issued = authority.issue_cert(address)
    certificate, key = home / "relay.pem", home / "relay.key"
    issued.cert_chain_pems[0].write_to_path(certificate)
    issued.private_key_pem.write_to_path(key)
    return [f"--cert={certificate}", f"--pkey={key}"]


def _free_port(address: str) -> int:
    with socket.socket() as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])


def _until_it_listens(process: subprocess.Popen[bytes], address: str, port: int) -> None:
    while True:
        assert process.poll() is None, "coturn has ended"
        try:
            socket.create_connection((address, port), timeout=10).close()
        except ConnectionRefusedError:
            continue
        return
