"""A network of the phone's own, which a test can take away, make poor, and give back.

A browser runs in a network namespace that a cable joins to this machine. Inside, `localhost` is
the other end of the cable: so the page has the demo's own address, and nothing listens anywhere
but on loopback and on that cable.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright

from tests.journeys.browsers import chromium, launch
from tests.journeys.cable import Cable, Quality, cable

WITHOUT = "OPENRVR_TESTS_WITHOUT_NAMESPACES"


@dataclass(frozen=True)
class PhoneNetwork:
    """The namespace `name`, in which this machine is `here`; `program` is a browser in it."""

    name: str
    here: str
    program: Path
    cables: tuple[Cable, Cable]
    # Where the cables end: the namespace itself, or the router that it is behind.
    _outer: str

    @property
    def flags(self) -> tuple[str, ...]:
        return (f"--host-resolver-rules=MAP localhost {self.here}",)

    def cut(self) -> None:
        """Every packet is lost from now on, in both directions, HTTP and pictures alike."""
        for each in self.cables:
            each.cut()

    def unplug(self) -> None:
        """As in flight mode: the phone knows that it has no network."""
        for each in self.cables:
            self._set(each, "down")

    def become(self, quality: Quality) -> None:
        for each in self.cables:
            each.become(quality)

    def spoil(self, percent: int) -> None:
        """Of every hundred packets of the call `percent` are lost, both ways; pages still load."""
        self._filter(f"meta l4proto udp numgen random mod 100 < {percent} drop")

    def lose_udp(self) -> None:
        """A firewall that lets no UDP through."""
        self._filter("meta l4proto udp drop")

    def close(self, port: int) -> None:
        """A firewall that lets nothing through to that port of this machine."""
        _inside(self.name, "nft", f"add rule inet cut out th dport {port} drop")

    def move(self) -> None:
        """From Wi-Fi to the mobile network: the address is another from now on."""
        first, second = self.cables
        self._set(first, "down")
        _route_by(self._outer, second)

    def mend(self) -> None:
        _inside(self.name, "nft", "flush table inet cut")
        for each in self.cables:
            self._set(each, "up")
            each.mend()
        _route_by(self._outer, self.cables[0])

    def _set(self, cable: Cable, state: str) -> None:
        _inside(self._outer, "ip", "link", "set", f"{cable.device}p", state)

    def _filter(self, rule: str) -> None:
        for way in ("in", "out"):
            _inside(self.name, "nft", f"add rule inet cut {way} {rule}")


@contextmanager
def phone_network(directory: Path, *, behind_nat: bool = False) -> Iterator[PhoneNetwork]:
    """Makes it, and takes all of it away again. Without the right to do so the test fails.

    `behind_nat`: a router translates the addresses, by another port for each who is spoken to.
    """
    missing = [name for name in ("ip", "nft") if not shutil.which(name)]
    if missing or os.geteuid() != 0:
        _cannot(f"It needs root, and {' and '.join(missing) or 'nothing else'} installed.")
    number = _free_number()
    net, name = f"10.{64 + number // 256 % 64}.{number % 256}", f"phone{number}"
    program = directory / f"chromium{number}"
    with ExitStack() as made:
        outer = _namespace(made, name)
        if behind_nat:
            outer = _behind_a_router(made, name, number)
        first, second = (
            made.enter_context(
                cable(f"rvr{number}{letter}", outer, f"{net}.{at}", f"{net}.{at + 1}")
            )
            for letter, at in (("a", 9), ("b", 13))
        )
        # Where a device has it: a node speaks by the devices, and finds nothing on loopback.
        _run("ip", "address", "add", f"{net}.1/32", "dev", first.device)
        _route_by(outer, first)
        _inside(name, "nft", _TABLE)
        program.write_text(
            f'#!/bin/sh\nexec ip netns exec {name} {chromium()} "$@"\n', encoding="utf-8"
        )
        program.chmod(0o755)
        yield PhoneNetwork(name, f"{net}.1", program, (first, second), outer)


_TABLE = "; ".join(
    (
        "add table inet cut",
        *(
            f"add chain inet cut {way} {{ type filter hook {way}put priority 0; }}"
            for way in ("in", "out")
        ),
    )
)


def _free_number() -> int:
    """Of a network that nobody else on this machine has made."""
    taken = subprocess.run(("ip", "netns", "list"), check=True, capture_output=True, text=True)
    names = {line.split()[0] for line in taken.stdout.splitlines()}
    return next(n for n in range(os.getpid() % 16384, 1 << 20) if f"phone{n}" not in names) % 16384


def _namespace(made: ExitStack, name: str) -> str:
    try:
        _run("ip", "netns", "add", name)
    except subprocess.CalledProcessError as error:
        _cannot(f"This machine does not allow network namespaces: {error.stderr}")
    made.callback(subprocess.run, ("ip", "netns", "del", name), check=False)
    _run("ip", "-n", name, "link", "set", "lo", "up")
    return name


def _behind_a_router(made: ExitStack, name: str, number: int) -> str:
    router = _namespace(made, f"router{number}")
    _run(
        *("ip", "-n", router, "link", "add", "inner", "type", "veth"),
        *("peer", "name", "eth0", "netns", name),
    )
    for where, device, address in ((router, "inner", "192.168.7.1"), (name, "eth0", "192.168.7.2")):
        _run("ip", "-n", where, "address", "add", f"{address}/24", "dev", device)
        _run("ip", "-n", where, "link", "set", device, "up")
    _run("ip", "-n", name, "route", "add", "default", "via", "192.168.7.1")
    _inside(router, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")
    _inside(
        router,
        "nft",
        "add table ip nat; add chain ip nat out { type nat hook postrouting priority 100; };"
        " add rule ip nat out oifname != inner masquerade fully-random",
    )
    return router


def _route_by(namespace: str, cable: Cable) -> None:
    _run("ip", "-n", namespace, "route", "replace", "default", "dev", f"{cable.device}p")


def _inside(namespace: str, *command: str) -> None:
    _run("ip", "netns", "exec", namespace, *command)


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
def browser_in(
    network: PhoneNetwork, playwright: Playwright, port: int, film: Path, *flags: str
) -> Iterator[Browser]:
    """A browser that has no other network, and reaches this machine's `port` by it."""
    with _forwarded(network.here, port):
        browser = launch(playwright, film, *network.flags, *flags, program=str(network.program))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def _forwarded(here: str, port: int) -> Iterator[None]:
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
