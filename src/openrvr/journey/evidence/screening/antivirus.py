"""Whether a file carries a known virus, as ClamAV's clamd says.

Protocol: clamd(8), "COMMANDS". A command begins with `z` and ends with a null byte, and so does the
answer; `INSTREAM` is followed by chunks, each with its length as four bytes in network order, and a
chunk of length nought.

clamd has to be configured for it (clamd.conf(5)):

- `StreamMaxLength`, `MaxFileSize` and `MaxScanSize` no smaller than `largest`. By default clamd
  answers OK for a file beyond MaxFileSize, without having looked at it.
- `AlertExceedsMax yes`. By default clamd answers OK when MaxScanTime is over.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic
from typing import BinaryIO, Protocol
from urllib.parse import urlsplit

PORT = 3310
CHUNK = 65_536
LONGEST_ANSWER = 4096
# clamd's answer FOUND for what it could not look into, with AlertExceedsMax and AlertEncrypted*.
_NOT_LOOKED_INTO = ("Heuristics.Limits.Exceeded", "Heuristics.Encrypted.")


class Finding(StrEnum):
    CLEAN = "clean"
    INFECTED = "infected"
    UNSCANNED = "unscanned"


@dataclass(frozen=True)
class Verdict:
    """`signature` is the scanner's name of what it found; empty unless infected."""

    finding: Finding
    signature: str = ""


class CannotScan(Exception):
    """There is no verdict, which is not the same as a clean file; the sentence says why."""


class TooLargeToScan(CannotScan):
    """The scanner will never look into this file: not worth another try."""


class Antivirus(Protocol):
    def look(self, stream: BinaryIO, /) -> Verdict:
        """Look at `stream` from where it stands to its end. Raises CannotScan."""


class NoAntivirus:
    """Where no antivirus is configured: every file is marked as not scanned."""

    def look(self, _stream: BinaryIO, /) -> Verdict:
        return Verdict(Finding.UNSCANNED)


@dataclass(frozen=True)
class ClamdConfiguration:
    """`address` is a Unix socket's path, beginning with `/`, or `host:port` (port 3310 if none).

    `connecting` and `scanning` are seconds; `scanning` is for all of one file, and more than
    clamd's MaxScanTime (120 by default). `largest` is in bytes; 100 MiB is clamd's own default.
    """

    address: str
    connecting: float = 5
    scanning: float = 150
    largest: int = 100 * 1024 * 1024


class Clamd:
    """ClamAV's daemon. Each question has a connection of its own."""

    def __init__(self, configuration: ClamdConfiguration) -> None:
        """Raises ValueError for an address that is none."""
        self._configuration = configuration
        self._endpoint = _endpoint(configuration.address)

    def look(self, stream: BinaryIO, /) -> Verdict:
        with self._connected() as connection:
            connection.say(b"zINSTREAM\0")
            for chunk in _chunks(stream, self._configuration.largest):
                connection.say(len(chunk).to_bytes(4) + chunk)
            connection.say(bytes(4))
            return _verdict(connection.answer())

    def ping(self) -> None:
        """Raises CannotScan unless clamd is there and well."""
        answer = self._asked(b"zPING\0")
        if answer != "PONG":
            raise _unintelligible(answer)

    def version(self) -> str:
        """`ClamAV <program>/<signatures>/<their date>`; the program alone where they carry no date.

        Raises CannotScan.
        """
        answer = self._asked(b"zVERSION\0")
        if not answer.startswith("ClamAV "):
            raise _unintelligible(answer)
        return answer

    def _asked(self, command: bytes) -> str:
        with self._connected() as connection:
            connection.say(command)
            return connection.answer()

    @contextmanager
    def _connected(self) -> Iterator[_Connection]:
        family, address = self._endpoint
        with socket.socket(family, socket.SOCK_STREAM) as plug:
            plug.settimeout(self._configuration.connecting)
            try:
                plug.connect(address)
            except OSError as error:
                raise CannotScan(f"clamd cannot be reached: {_why(error)}.") from error
            yield _Connection(plug, monotonic() + self._configuration.scanning)


class _Connection:
    """One conversation with clamd; the errors of the network become CannotScan."""

    def __init__(self, plug: socket.socket, until: float) -> None:
        self._plug, self._until = plug, until

    def say(self, words: bytes) -> None:
        try:
            self._hurry()
            self._plug.sendall(words)
        except (BrokenPipeError, ConnectionResetError) as error:
            # clamd says why before it hangs up.
            raise _complaint(self.answer()) from error
        except OSError as error:
            raise CannotScan(f"clamd did not take the file: {_why(error)}.") from error

    def answer(self) -> str:
        """What clamd says, whole and without its null byte."""
        received = b""
        while b"\0" not in received:
            more = self._heard()
            received += more
            if not more or len(received) > LONGEST_ANSWER:
                raise _unintelligible(received.decode("ascii", "replace"))
        if not received.endswith(b"\0") or received.count(b"\0") != 1:
            raise _unintelligible(received.decode("ascii", "replace"))
        return received[:-1].decode("utf-8", "replace")

    def _heard(self) -> bytes:
        try:
            self._hurry()
            return self._plug.recv(LONGEST_ANSWER)
        except OSError as error:
            raise CannotScan(f"clamd did not answer: {_why(error)}.") from error

    def _hurry(self) -> None:
        """Nobody may use up more than the time that is left, however often they say a little."""
        left = self._until - monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._plug.settimeout(left)


def _endpoint(address: str) -> tuple[socket.AddressFamily, str | tuple[str, int]]:
    if address.startswith("/"):
        return socket.AF_UNIX, address
    parts = urlsplit(f"//{address}")
    if not parts.hostname or parts.path or parts.username:
        raise ValueError(f"clamd's address is a path or host:port, and {address!r} is neither")
    family = socket.AF_INET6 if ":" in parts.hostname else socket.AF_INET
    return family, (parts.hostname, parts.port or PORT)


def _chunks(stream: BinaryIO, largest: int) -> Iterator[bytes]:
    """`stream` in pieces. None is empty: that would end the file for clamd."""
    sent = 0
    while chunk := stream.read(CHUNK):
        sent += len(chunk)
        if sent > largest:
            raise TooLargeToScan(f"The antivirus looks into files of up to {largest} bytes.")
        yield chunk


def _verdict(answer: str) -> Verdict:
    if answer == "stream: OK":
        return Verdict(Finding.CLEAN)
    found = re.fullmatch(r"stream: (\S.*) FOUND", answer)
    if found is None:
        raise _complaint(answer)
    signature = found[1]
    if signature.startswith(_NOT_LOOKED_INTO):
        raise TooLargeToScan(f"The antivirus cannot look into this file: {signature}.")
    return Verdict(Finding.INFECTED, signature)


def _complaint(answer: str) -> CannotScan:
    if answer.startswith("INSTREAM size limit exceeded"):
        return TooLargeToScan("The file is larger than clamd's StreamMaxLength.")
    if answer.endswith("ERROR"):
        return CannotScan(f"clamd failed: {answer}")
    return _unintelligible(answer)


def _unintelligible(answer: str) -> CannotScan:
    return CannotScan(f"clamd said what cannot be understood: {answer[:200]!r}.")


def _why(error: OSError) -> str:
    return error.strerror or str(error) or type(error).__name__
