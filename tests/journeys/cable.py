"""A cable between this machine and a network namespace, as bad as a test wants it to be.

Run as a program it carries every packet between two TUN devices with the delay, loss, rate and
queue that it is told; the kernel's own emulator (netem) is not everywhere.
"""

from __future__ import annotations

import asyncio
import ctypes
import fcntl
import json
import os
import random
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

MTU = 1400
# linux/if_tun.h: TUNSETIFF, IFF_TUN | IFF_NO_PI; linux/sched.h: CLONE_NEWNET.
_TUNSETIFF, _TUN, _NEWNET = 0x400454CA, 0x1001, 0x40000000
_AT_ONCE = 64  # packets


@dataclass(frozen=True)
class Quality:
    """What a cable does to packets, both ways alike."""

    delay: float = 0.0  # ms one way
    jitter: float = 0.0  # ms more or less; the order stays
    loss: float = 0.0  # share of packets, 0 to 1
    rate: int = 0  # bit/s; 0 is as fast as it goes
    queue: int = 60_000  # bytes that wait where it is slower than what comes
    burst_loss: float = 0.0  # share of packets lost for `burst` s of every `burst_every` s
    burst: float = 0.0
    burst_every: float = 1.0
    up: bool = True


WHOLE = Quality()
THREE_G = Quality(delay=150, loss=0.02, rate=500_000)


@dataclass
class Cable:
    """One that is plugged in, with its end here and its end in the namespace."""

    device: str
    here: str
    there: str
    _process: subprocess.Popen[str]
    _quality: Quality = WHOLE

    def become(self, quality: Quality) -> None:
        """From now on the cable is like that."""
        self._quality = quality
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps(asdict(quality)), file=self._process.stdin, flush=True)
        assert self._process.stdout.readline() == "done\n"

    def cut(self) -> None:
        self.become(replace(self._quality, up=False))

    def mend(self) -> None:
        self.become(WHOLE)


@contextmanager
def cable(device: str, namespace: str, here: str, there: str) -> Iterator[Cable]:
    """Plugs one in; its devices are `device` here and `device`p there, and go with it."""
    command = (sys.executable, __file__, device, namespace, here, there)
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "done\n", f"no cable to {namespace}"
            yield Cable(device, here, there, process)
        finally:
            process.kill()


class _Way:
    """One direction."""

    def __init__(self, source: int, target: int) -> None:
        self.quality = WHOLE
        self._source, self._target = source, target
        self._free_at = self._last = 0.0

    def carry(self) -> None:
        """What has come; the rest when the loop comes round again."""
        loop = asyncio.get_running_loop()
        for _ in range(_AT_ONCE):
            try:
                packet = os.read(self._source, 2 * MTU)
            except BlockingIOError:
                return
            at = self._arrives(loop.time(), len(packet))
            if at is None:
                continue
            if at <= loop.time():
                self._give(packet)
            else:
                loop.call_at(at, self._give, packet)

    def _arrives(self, now: float, size: int) -> float | None:
        """When the packet is at the other end; None where it is lost."""
        how = self.quality
        sent = now
        if how.rate:
            waiting = max(0.0, self._free_at - now) * how.rate / 8
            if waiting + size > how.queue:
                return None
            sent = self._free_at = max(now, self._free_at) + size * 8 / how.rate
        in_burst = now % how.burst_every < how.burst
        if not how.up or random.random() < (how.burst_loss if in_burst else how.loss):
            return None
        late = (how.delay + random.uniform(-how.jitter, how.jitter)) / 1000
        self._last = max(sent + late, self._last)
        return self._last

    def _give(self, packet: bytes) -> None:
        # A device that is full, or was taken down, drops.
        with suppress(OSError):
            os.write(self._target, packet)


def _tun(name: str, namespace: Path, address: str, other: str) -> int:
    """A device in that namespace. The process is back in its own afterwards."""
    libc = ctypes.CDLL(None, use_errno=True)
    with Path("/proc/self/ns/net").open() as own, namespace.open() as far:
        _enter(libc, far.fileno())
        device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _TUN))
        subprocess.run(("ip", "address", "add", address, "peer", other, "dev", name), check=True)
        subprocess.run(("ip", "link", "set", name, "mtu", str(MTU), "up"), check=True)
        _enter(libc, own.fileno())
    return device


def _enter(libc: ctypes.CDLL, namespace: int) -> None:
    if libc.setns(namespace, _NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


async def _run(device: str, namespace: str, here: str, there: str) -> None:
    loop = asyncio.get_running_loop()
    near = _tun(device, Path("/proc/self/ns/net"), here, there)
    far = _tun(f"{device}p", Path("/run/netns") / namespace, there, here)
    ways = (_Way(near, far), _Way(far, near))
    loop.add_reader(near, ways[0].carry)
    loop.add_reader(far, ways[1].carry)
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    print("done", flush=True)
    while line := await lines.readline():
        for way in ways:
            way.quality = Quality(**json.loads(line))
        print("done", flush=True)


if __name__ == "__main__":
    asyncio.run(_run(*sys.argv[1:]))
