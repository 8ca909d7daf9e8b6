"""Time-stamps, given by OpenSSL's own time-stamp authority and judged by it too."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from openrvr.journey.evidence.timestamps import (
    LARGEST_ANSWER,
    Authority,
    AuthorityAway,
    CannotStamp,
    StampDoesNotFit,
    stamp,
    verify,
)
from tests.journey.evidence.time_stamp_authority import (
    OTHER,
    USUAL,
    OpenSSL,
    authority,
    rsa_key,
    serving,
)

MESSAGE = b"the bytes of a recording"


@pytest.fixture(scope="module")
def openssl(tmp_path_factory: pytest.TempPathFactory) -> OpenSSL:
    return authority(tmp_path_factory.mktemp("tsa"), ec.generate_private_key(ec.SECP256R1()))


@pytest.fixture(scope="module")
def stamped(openssl: OpenSSL) -> bytes:
    with serving(openssl.answer) as url:
        return stamp(MESSAGE, Authority(url, (openssl.root,)))


def test_a_stamp_tells_when_by_whom_and_under_which_policy(
    openssl: OpenSSL, stamped: bytes
) -> None:
    told = verify(stamped, MESSAGE, [openssl.root])
    assert told.is_trusted
    assert timedelta() <= datetime.now(UTC) - told.at < timedelta(minutes=1)
    assert told.at.utcoffset() == timedelta()
    assert (told.authority, told.policy) == ("North Time Stamping", USUAL)
    assert told.serial > 0


def test_openssl_accepts_what_is_stored(openssl: OpenSSL, stamped: bytes) -> None:
    assert openssl.accepts(stamped, MESSAGE)
    assert not openssl.accepts(stamped, MESSAGE + b"!")


@pytest.mark.parametrize("hash_of_certificate", ["sha1", "sha256", "sha512"])
def test_an_authority_with_an_rsa_key_and_any_edition_of_the_certificates_hash(
    tmp_path: Path, hash_of_certificate: str
) -> None:
    openssl = authority(tmp_path, rsa_key(), hash_of_certificate)
    with serving(openssl.answer) as url:
        answer = stamp(MESSAGE, Authority(url, (openssl.root,)))
    assert verify(answer, MESSAGE, [openssl.root]).is_trusted


def test_the_policy_asked_for_is_the_policy_given(openssl: OpenSSL) -> None:
    with serving(openssl.answer) as url:
        answer = stamp(MESSAGE, Authority(url, (openssl.root,), policy=OTHER))
        assert verify(answer, MESSAGE, [openssl.root]).policy == OTHER
        with pytest.raises(CannotStamp, match=r"refused.*policy is not supported"):
            stamp(MESSAGE, Authority(url, policy="1.3.6.1.4.1.55555.3"))


def test_without_a_root_what_can_be_told_is_told(openssl: OpenSSL, stamped: bytes) -> None:
    believed, told = verify(stamped, MESSAGE, [openssl.root]), verify(stamped, MESSAGE, [])
    assert told == replace(believed, is_trusted=False)
    with serving(openssl.answer) as url:
        assert stamp(MESSAGE, Authority(url))


def test_another_root_is_not_where_the_chain_leads(
    openssl: OpenSSL, stamped: bytes, tmp_path: Path
) -> None:
    # The same names with other keys.
    stranger = authority(tmp_path, ec.generate_private_key(ec.SECP256R1())).root
    assert not verify(stamped, MESSAGE, [stranger]).is_trusted
    assert verify(stamped, MESSAGE, [stranger, openssl.root]).is_trusted
    with (
        serving(openssl.answer) as url,
        pytest.raises(CannotStamp, match="does not lead to a certificate that the force trusts"),
    ):
        stamp(MESSAGE, Authority(url, (stranger,)))


def test_a_root_that_cannot_be_read_is_the_forces_mistake(stamped: bytes) -> None:
    with pytest.raises(ValueError, match="PEM"):
        verify(stamped, MESSAGE, [b"not a certificate"])


def test_another_message_does_not_fit(openssl: OpenSSL, stamped: bytes) -> None:
    with pytest.raises(StampDoesNotFit, match="given for other bytes"):
        verify(stamped, MESSAGE + b"!", [openssl.root])


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
def test_no_flipped_bit_makes_a_stamp_say_something_else(openssl: OpenSSL, stamped: bytes) -> None:
    told = verify(stamped, MESSAGE, [openssl.root])
    # The certificates between stand outside the signature: without them there may be no chain.
    possible = {told, replace(told, is_trusted=False)}
    for at in range(len(stamped)):
        damaged = bytearray(stamped)
        damaged[at] ^= 1 << at % 8
        try:
            assert verify(bytes(damaged), MESSAGE, [openssl.root]) in possible
        except StampDoesNotFit:
            continue


def test_a_certificate_with_a_second_purpose_stamps_nothing(tmp_path: Path) -> None:
    # OpenSSL does not count purposes that it has no name for, and signs.
    purposes = [ExtendedKeyUsageOID.TIME_STAMPING, x509.ObjectIdentifier("1.3.6.1.4.1.55555.9")]
    openssl = authority(tmp_path, ec.generate_private_key(ec.SECP256R1()), purposes=purposes)
    with (
        serving(openssl.answer) as url,
        pytest.raises(CannotStamp, match="not one for time-stamps"),
    ):
        stamp(MESSAGE, Authority(url))


@pytest.mark.parametrize("answer", [b"", b"<html>Welcome</html>", b"\x30\x80\x00\x00"])
def test_an_answer_that_is_none(answer: bytes) -> None:
    with (
        serving(lambda _: (200, answer)) as url,
        pytest.raises(CannotStamp, match="not the answer of a time-stamp authority"),
    ):
        stamp(MESSAGE, Authority(url))


def test_an_authority_that_refuses_says_why(openssl: OpenSSL) -> None:
    with (
        serving(lambda question: openssl.answer(question[:-9])) as url,
        pytest.raises(CannotStamp, match="refused: Bad request format"),
    ):
        stamp(MESSAGE, Authority(url))


def test_a_replayed_answer_is_found_by_its_nonce(openssl: OpenSSL, stamped: bytes) -> None:
    with serving(lambda _: (200, stamped)) as url, pytest.raises(CannotStamp, match="nonce"):
        stamp(MESSAGE, Authority(url, (openssl.root,)))


def test_an_answer_for_other_bytes(openssl: OpenSSL) -> None:
    elsewhere = _asked_by(lambda url: stamp(b"other bytes", Authority(url)))
    with (
        serving(lambda _: openssl.answer(elsewhere)) as url,
        pytest.raises(CannotStamp, match="given for other bytes"),
    ):
        stamp(MESSAGE, Authority(url))


def test_an_answer_that_is_too_large_is_not_read_to_its_end() -> None:
    with (
        serving(lambda _: (200, bytes(LARGEST_ANSWER + 1))) as url,
        pytest.raises(CannotStamp, match="too large"),
    ):
        stamp(MESSAGE, Authority(url))


@pytest.mark.parametrize(("status", "kind"), [(503, AuthorityAway), (404, CannotStamp)])
def test_an_answer_with_another_status(status: int, kind: type[CannotStamp]) -> None:
    with (
        serving(lambda _: (status, b"")) as url,
        pytest.raises(CannotStamp, match=f"status {status}") as refusal,
    ):
        stamp(MESSAGE, Authority(url))
    assert refusal.type is kind


def test_an_authority_that_is_away() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with pytest.raises(AuthorityAway, match=r"did not answer: .*refused"):
            stamp(MESSAGE, Authority(url))


def test_an_authority_that_takes_too_long() -> None:
    over = threading.Event()

    def hang(_: bytes) -> tuple[int, bytes]:
        over.wait(30)
        return 200, b""

    with serving(hang) as url:
        with pytest.raises(AuthorityAway, match="took too long"):
            stamp(MESSAGE, Authority(url, seconds=0.1))
        over.set()


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://127.0.0.1/", "tsa.example"])
def test_an_address_that_is_not_on_the_web(url: str) -> None:
    with pytest.raises(CannotStamp, match="must begin with https"):
        stamp(MESSAGE, Authority(url))


def _asked_by(ask: Callable[[str], object]) -> bytes:
    """The question that was sent."""
    questions: list[bytes] = []

    def note(question: bytes) -> tuple[int, bytes]:
        questions.append(question)
        return 404, b""

    with serving(note) as url, pytest.raises(CannotStamp):
        ask(url)
    return questions[0]
