"""A network of the phone's own, which a test can take away and give back.

The phone's browser runs in a network namespace that a pair of virtual cables joins to this machine.
Inside, `localhost` is the other end of the cable: so the page has the demo's own address, and
nothing listens anywhere but on loopback and on that cable.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.journeys.browsers import chromium

WITHOUT = "OPENRVR_TESTS_WITHOUT_NAMESPACES"


@dataclass(frozen=True)
class PhoneNetwork:
    """The namespace `name`; `here` and `there` are the two ends of its cable."""

    name: str
    here: str
    there: str
    program: Path

    @property
    def flags(self) -> tuple[str, ...]:
        return (f"--host-resolver-rules=MAP localhost {self.here}",)

    def cut(self) -> None:
        """Every packet is lost from now on, in both directions, HTTP and pictures alike."""
        self._inside("nft", "add rule inet cut in drop")
        self._inside("nft", "add rule inet cut out drop")

    def spoil(self, percent: int) -> None:
        """Of every hundred packets of the call `percent` are lost, both ways; pages still load."""
        for way in ("in", "out"):
            lost = f"meta l4proto udp numgen random mod 100 < {percent} drop"
            self._inside("nft", f"add rule inet cut {way} {lost}")

    def mend(self) -> None:
        self._inside("nft", "flush table inet cut")

    def _inside(self, *command: str) -> None:
        _run("ip", "netns", "exec", self.name, *command)


@contextmanager
def phone_network(directory: Path) -> Iterator[PhoneNetwork]:
    """Makes it, and takes all of it away again. Without the right to do so the test fails."""
    missing = [name for name in ("ip", "nft") if not shutil.which(name)]
    if missing or os.geteuid() != 0:
        _cannot(f"It needs root, and {' and '.join(missing) or 'nothing else'} installed.")
    number = os.getpid()
    net = f"10.{64 + number // 256 % 64}.{number % 256}"
    network = PhoneNetwork(f"phone{number}", f"{net}.1", f"{net}.2", directory / "chromium")
    network.program.write_text(
        f'#!/bin/sh\nexec ip netns exec {network.name} {chromium()} "$@"\n', encoding="utf-8"
    )
    network.program.chmod(0o755)
    try:
        _make(network, f"rvr{number}")
        yield network
    finally:
        # With the namespace its end of the cable goes, and with that the other one.
        subprocess.run(("ip", "netns", "del", network.name), check=False)


def _make(network: PhoneNetwork, cable: str) -> None:
    try:
        _run("ip", "netns", "add", network.name)
    except subprocess.CalledProcessError as error:
        _cannot(f"This machine does not allow network namespaces: {error.stderr}")
    inside = ("ip", "-n", network.name)
    _run("ip", "link", "add", cable, "type", "veth", "peer", "name", f"{cable}p")
    _run("ip", "link", "set", f"{cable}p", "netns", network.name)
    _run("ip", "address", "add", f"{network.here}/30", "dev", cable)
    _run("ip", "link", "set", cable, "up")
    _run(*inside, "address", "add", f"{network.there}/30", "dev", f"{cable}p")
    _run(*inside, "link", "set", f"{cable}p", "up")
    _run(*inside, "link", "set", "lo", "up")
    _run(*inside, "route", "add", "default", "via", network.here)
    rules = ["add table inet cut"]
    for way in ("in", "out"):
        hook = f"type filter hook {way}put priority 0;"
        rules.append(f"add chain inet cut {way} {{ {hook} }}")
    _run("ip", "netns", "exec", network.name, "nft", "; ".join(rules))


def _cannot(reason: str) -> None:
    sentence = (
        f"A phone that loses its network was not tested. {reason} "
        f"Set {WITHOUT}=1 to say that this is known."
    )
    if os.environ.get(WITHOUT) == "1":
        pytest.skip(sentence)
    pytest.fail(sentence)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)


@contextmanager
def forwarded(here: str, port: int) -> Iterator[None]:
    """What connects to `here` on `port` reaches the same port on loopback."""
    with socket.create_server((here, port)) as listener:
        threading.Thread(target=_accept, args=(listener, port), daemon=True).start()
        try:
            yield
        finally:
            listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, port: int) -> None:
    with suppress(OSError):  # the listener was closed
        while True:
            outside, _ = listener.accept()
            inside = socket.create_connection(("127.0.0.1", port))
            for pair in ((outside, inside), (inside, outside)):
                threading.Thread(target=_copy, args=pair, daemon=True).start()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for each in (source, target):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
