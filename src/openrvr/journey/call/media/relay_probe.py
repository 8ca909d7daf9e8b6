"""Whether a relay relays: real allocations (RFC 8656), and a real packet from one to the other.

Both are made at the relay that is asked, so that nothing of this machine has to be reachable from
outside: what comes through there comes through for two browsers behind firewalls too.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from contextlib import AsyncExitStack
from dataclasses import dataclass

from aioice import stun
from aioice.turn import TurnTransport, create_turn_endpoint

_URL = re.compile(
    r"(?P<scheme>turns?):(?P<host>\[[0-9a-fA-F:.]+\]|[^\[\]:?]+)(:(?P<port>\d+))?"
    r"(\?transport=(?P<transport>udp|tcp))?"
)
_UNAUTHORIZED = 401
_PACKET = b"OpenRVR asks whether this comes through."
_AGAIN = 0.2  # seconds


class RelayFails(Exception):
    """Its text is for the force's operator."""


@dataclass(frozen=True)
class Relay:
    """Where a relay is, and how it is spoken to."""

    host: str
    port: int
    transport: str
    tls: bool

    @classmethod
    def of(cls, url: str) -> Relay:
        """By its address, as browsers read it (RFC 7065). Raises ValueError."""
        found = _URL.fullmatch(url)
        if not found:
            raise ValueError(f"{url!r} is not turn:HOST:PORT?transport=udp or turns:HOST:PORT")
        tls = found["scheme"] == "turns"
        transport = found["transport"] or ("tcp" if tls else "udp")
        if tls and transport == "udp":
            raise ValueError(f"{url!r}: browsers speak TLS to a relay over TCP only")
        port = int(found["port"] or (5349 if tls else 3478))
        return cls(found["host"].strip("[]"), port, transport, tls)


async def probe(relay: Relay, *, user: str, password: str, within: float) -> None:
    """Returns when a packet has come through; `within` is in seconds. Raises RelayFails."""
    ends: list[_End] = []
    try:
        async with asyncio.timeout(within), AsyncExitStack() as opened:
            for _ in range(2):
                ends.append(await _allocated(relay, user, password))
                opened.callback(ends[-1].transport.close)
            await _pass_on(*ends)
    except TimeoutError:
        raise RelayFails(
            f"it gave an address, and no packet came through in {within:g} s"
            if len(ends) == 2
            else f"no answer in {within:g} s"
        ) from None
    except stun.TransactionFailed as refused:
        raise RelayFails(_refusal(refused.response.attributes.get("ERROR-CODE"))) from None
    except ssl.SSLError as trouble:
        raise RelayFails(f"its certificate is not believed ({trouble.reason})") from None
    except (OSError, stun.TransactionError) as trouble:
        raise RelayFails(str(trouble)) from None


def _refusal(code: tuple[int, str] | None) -> str:
    if code and code[0] == _UNAUTHORIZED:
        return "it does not accept the secret"
    return f"it refused: {code[0]} {code[1]}" if code else "it refused"


class _End(asyncio.DatagramProtocol):
    """One of the two allocations."""

    transport: TurnTransport

    def __init__(self) -> None:
        self.heard = asyncio.Event()
        self.trouble: Exception | None = None

    @property
    def address(self) -> tuple[str, int]:
        found: tuple[str, int] = self.transport.get_extra_info("sockname")
        return found

    def datagram_received(self, data: bytes, _: object) -> None:
        if data == _PACKET:
            self.heard.set()

    def error_received(self, trouble: Exception) -> None:
        self.trouble = trouble


async def _allocated(relay: Relay, user: str, password: str) -> _End:
    transport, end = await create_turn_endpoint(
        _End,
        (relay.host, relay.port),
        username=user,
        password=password,
        ssl=ssl.create_default_context() if relay.tls else None,
        transport=relay.transport,
    )
    end.transport = transport
    return end


async def _pass_on(one: _End, other: _End) -> None:
    # To speak to somebody is to let him in: until both have done so, what is sent is dropped.
    while not (one.heard.is_set() and other.heard.is_set()):
        one.transport.sendto(_PACKET, other.address)
        other.transport.sendto(_PACKET, one.address)
        await asyncio.sleep(_AGAIN)
        for end in (one, other):
            if end.trouble:
                raise end.trouble
