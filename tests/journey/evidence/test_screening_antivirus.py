"""What clamd says of a file: Debian's own clamd, and one in every kind of trouble."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

from openrvr.journey.evidence.screening.antivirus import (
    CHUNK,
    CannotScan,
    Clamd,
    ClamdConfiguration,
    Finding,
    NoAntivirus,
    TooLargeToScan,
    Verdict,
)
from tests.journey.evidence.clamd_daemon import (
    EICAR,
    FILE_MAX,
    STREAM_MAX,
    Daemon,
    free_port,
)
from tests.journey.evidence.clamd_stand_in import clamd_stand_in

CLEAN = Verdict(Finding.CLEAN)
# ClamAV says UNOFFICIAL of every signature that its makers have not signed.
FOUND = Verdict(Finding.INFECTED, "Eicar-Test.UNOFFICIAL")


@pytest.fixture(params=["path", "address"])
def clamd(daemon: Daemon, request: pytest.FixtureRequest) -> Clamd:
    return Clamd(ClamdConfiguration(getattr(daemon, request.param)))


def test_a_clean_file_is_clean(clamd: Clamd) -> None:
    assert clamd.look(BytesIO(b"Dear officer")) == CLEAN
    assert clamd.look(BytesIO(b"x" * (3 * CHUNK + 1))) == CLEAN
    assert clamd.look(BytesIO()) == CLEAN


def test_a_virus_is_found_and_named(clamd: Clamd) -> None:
    assert clamd.look(BytesIO(EICAR)) == FOUND


def test_a_virus_on_the_border_of_two_chunks_is_found(clamd: Clamd) -> None:
    assert clamd.look(BytesIO(b"x" * (CHUNK - 10) + EICAR + b"x" * CHUNK)) == FOUND


def test_a_stream_is_looked_at_from_where_it_stands(clamd: Clamd) -> None:
    stream = BytesIO(EICAR + b"clean")
    stream.seek(len(EICAR))
    assert clamd.look(stream) == CLEAN


def test_a_file_beyond_clamds_stream_is_not_clean(clamd: Clamd) -> None:
    with pytest.raises(CannotScan):
        clamd.look(BytesIO(bytes(STREAM_MAX + 1)))


def test_a_file_that_clamd_only_takes_and_does_not_look_into_is_not_clean(clamd: Clamd) -> None:
    with pytest.raises(TooLargeToScan, match=r"Limits\.Exceeded\.MaxFileSize"):
        clamd.look(BytesIO(bytes(FILE_MAX + 1)))


def test_clamd_says_that_it_is_well_and_which_it_is(clamd: Clamd) -> None:
    clamd.ping()
    assert clamd.version().startswith("ClamAV ")


def test_a_larger_file_is_not_even_sent() -> None:
    with clamd_stand_in(b"stream: OK\0") as server:
        clamd = Clamd(ClamdConfiguration(server.address, largest=10))
        with pytest.raises(TooLargeToScan, match="up to 10 bytes"):
            clamd.look(BytesIO(bytes(11)))


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\0",
        b"stream: OK",
        b"stream: OK\n",
        b"stream: OK\0stream: OK\0",
        b"stream: OK\0more",
        b"stream: OKAY\0",
        b"stream:  FOUND\0",
        b"1: stream: OK\0",
        b"other: OK\0",
        b"UNKNOWN COMMAND\0",
        b"stream: Error reading file ERROR\0",
        b"COMMAND READ TIMED OUT\0",
        b"\xff\xfe\0",
        b"HTTP/1.1 200 OK\r\n\r\nstream: OK\0",
        b"x" * 10_000,
    ],
)
def test_no_other_answer_is_taken_for_clean(answer: bytes) -> None:
    with clamd_stand_in(answer) as server, pytest.raises(CannotScan):
        Clamd(ClamdConfiguration(server.address)).look(BytesIO(b"x"))


@pytest.mark.parametrize(
    "found", ["Heuristics.Limits.Exceeded.MaxScanTime", "Heuristics.Encrypted.PDF"]
)
def test_what_cannot_be_looked_into_is_neither_clean_nor_infected(found: str) -> None:
    with clamd_stand_in(f"stream: {found} FOUND\0".encode()) as server:
        clamd = Clamd(ClamdConfiguration(server.address))
        with pytest.raises(TooLargeToScan, match=found):
            clamd.look(BytesIO(b"x"))


def test_clamds_own_limit_is_named() -> None:
    with clamd_stand_in(b"INSTREAM size limit exceeded. ERROR\0") as server:
        clamd = Clamd(ClamdConfiguration(server.address))
        with pytest.raises(TooLargeToScan, match="StreamMaxLength"):
            clamd.look(BytesIO(b"x"))


def test_a_clamd_that_hangs_up_in_the_middle_is_no_verdict() -> None:
    with clamd_stand_in(b"", listens=False) as server:
        clamd = Clamd(ClamdConfiguration(server.address))
        with pytest.raises(CannotScan):
            clamd.look(BytesIO(bytes(20_000_000)))


def test_a_clamd_that_never_answers_is_given_up() -> None:
    with clamd_stand_in(None) as server:
        clamd = Clamd(ClamdConfiguration(server.address, scanning=0.1))
        with pytest.raises(CannotScan, match="did not answer: timed out"):
            clamd.look(BytesIO(b"x"))


def test_a_clamd_that_stops_listening_is_given_up() -> None:
    with clamd_stand_in(None, listens=False) as server:
        clamd = Clamd(ClamdConfiguration(server.address, scanning=0.1))
        with pytest.raises(CannotScan, match="did not take the file: timed out"):
            clamd.look(BytesIO(bytes(50_000_000)))


def test_a_clamd_that_is_away_is_no_verdict(tmp_path: Path) -> None:
    for address in (str(tmp_path / "socket"), f"127.0.0.1:{free_port()}"):
        clamd = Clamd(ClamdConfiguration(address))
        with pytest.raises(CannotScan, match="cannot be reached"):
            clamd.look(BytesIO(b"x"))
        with pytest.raises(CannotScan):
            clamd.ping()


def test_another_service_is_not_taken_for_clamd() -> None:
    with clamd_stand_in(b"+OK\0") as server, pytest.raises(CannotScan):
        Clamd(ClamdConfiguration(server.address)).ping()
    with clamd_stand_in(b"SomethingElse 1.0\0") as server, pytest.raises(CannotScan):
        Clamd(ClamdConfiguration(server.address)).version()


def test_the_errors_of_the_file_itself_are_not_blamed_on_clamd() -> None:
    class Broken(BytesIO):
        def read(self, _size: int | None = -1, /) -> bytes:
            raise OSError("the disk is gone")

    with clamd_stand_in(b"", listens=False) as server, pytest.raises(OSError, match="the disk"):
        Clamd(ClamdConfiguration(server.address)).look(Broken())


@pytest.mark.parametrize("address", ["", ":3310", "clamd:port", "http://clamd:3310", "u@clamd:1"])
def test_an_address_that_is_none_is_said_at_once(address: str) -> None:
    with pytest.raises(ValueError, match=r"address|[Pp]ort"):
        Clamd(ClamdConfiguration(address))


def test_without_an_antivirus_a_file_is_unscanned_and_not_clean() -> None:
    assert NoAntivirus().look(BytesIO(EICAR)) == Verdict(Finding.UNSCANNED)
