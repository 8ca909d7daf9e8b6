"""The demo on the local network: under which address, and with a certificate of its own making.

Browsers give camera and microphone to pages over HTTPS only, but for this computer's own. Nobody
vouches for the certificate, so that a phone warns of it: it is for trying, and for nothing else.
"""

from __future__ import annotations

import fcntl
import ipaddress
import os
import socket
import ssl
import struct
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from cryptography import x509

from openrvr.config.processes.errors import CannotRun

# Short enough for every phone (iOS refuses more than 825 days), long enough for a series of trials.
LIFE = timedelta(days=90)
_MADE_ANEW_BEFORE = timedelta(days=7)
_SIOCGIFADDR = 0x8915  # netdevice(7): the IPv4 address of a network interface


class NoNetwork(CannotRun):
    def __init__(self) -> None:
        super().__init__(
            "This computer has no address in a local network: connect it, or leave LAN=1 out."
        )


class NotAnAddress(CannotRun):
    def __init__(self, wish: str, found: list[str]) -> None:
        super().__init__(
            f"{wish} is not an address of this computer in a network."
            f" It has {', '.join(found) or 'none'}: make demo LAN=ADDRESS."
        )


@dataclass(frozen=True)
class Certificate:
    """Files in PEM: what the service shows, its key, and what it was signed by."""

    chain: Path
    key: Path
    authority: Path

    def client(self) -> ssl.SSLContext:
        """How this computer itself asks the service, trusting this certificate and no other."""
        return ssl.create_default_context(cafile=str(self.authority))


def choose(wish: str) -> str:
    """The address to be reached at: the one wished for, or that of the way out where it is "1".

    Raises NoNetwork, NotAnAddress.
    """
    found = addresses()
    if wish == "1":
        if not found:
            raise NoNetwork
        return found[0]
    try:
        address = ipaddress.IPv4Address(wish)
    except ValueError:
        raise NotAnAddress(wish, found) from None
    # Listening at 0.0.0.0 is possible, and a link to it leads nowhere.
    if address.is_unspecified or address.is_multicast:
        raise NotAnAddress(wish, found)
    return wish


def addresses() -> list[str]:
    """This computer's IPv4 addresses in networks, that of the way out first."""
    found = [each for _, name in socket.if_nameindex() if (each := _address_of(name))]
    way_out = _way_out()
    return sorted(
        {each for each in found if not ipaddress.IPv4Address(each).is_loopback},
        key=lambda each: (each != way_out, found.index(each)),
    )


def _address_of(interface: str) -> str:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as asking:
        request = struct.pack("256s", interface.encode()[:15])
        try:
            answer = fcntl.ioctl(asking.fileno(), _SIOCGIFADDR, request)
        except OSError:
            return ""  # It has none.
    return socket.inet_ntoa(answer[20:24])


def _way_out() -> str:
    """The address that a packet to elsewhere would come from; none is sent."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as asking, suppress(OSError):
        asking.connect(("192.0.2.1", 9))
        return str(asking.getsockname()[0])
    return ""


def certificate(directory: Path, address: str, now: datetime | None = None) -> Certificate:
    """The certificate for an address and for this computer's own names, made where it is missing.

    It is kept: a phone that was told to go on does not ask again at each start. The key that signed
    it is not: nobody can make another certificate in its name.
    """
    made = Certificate(directory / "chain.pem", directory / "key.pem", directory / "authority.pem")
    now = now or datetime.now(UTC)
    if _serves(made, address, now):
        return made
    directory.mkdir(parents=True, exist_ok=True)
    authority = trustme.CA(organization_name="OpenRVR demo")
    leaf = authority.issue_cert(address, "localhost", "*.localhost", not_after=now + LIFE)
    with os.fdopen(os.open(made.key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as key:
        key.write(leaf.private_key_pem.bytes())
    made.chain.write_bytes(b"".join(each.bytes() for each in leaf.cert_chain_pems))
    made.authority.write_bytes(authority.cert_pem.bytes())
    return made


def _serves(made: Certificate, address: str, now: datetime) -> bool:
    try:
        leaf = x509.load_pem_x509_certificate(made.chain.read_bytes())
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(made.chain, made.key)
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False  # Not there, or only half of it: ssl.SSLError is an OSError.
    listed = names.get_values_for_type(x509.IPAddress)
    lasts = leaf.not_valid_after_utc - _MADE_ANEW_BEFORE > now
    return lasts and ipaddress.IPv4Address(address) in listed and made.authority.exists()
