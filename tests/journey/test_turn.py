"""TURN credentials: by a worked value, and as coturn itself judges them."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from pytest_django import Settings

from openrvr.journey.call.checks import relays_are_there, relays_relay
from openrvr.journey.call.media.relay_probe import Relay, RelayFails, probe
from openrvr.journey.call.media.turn import LIFE, TurnConfiguration, credential, ice_configuration
from tests.relay import SECRET, Coturn, coturn

CALL = "0b5ee5f0-6b1a-4f3e-9a51-5d1a3c1f2e77"
# printf %s USER | openssl dgst -sha1 -hmac "north wind" -binary | base64
USER, WORKED = f"1795341600:{CALL}", "MyMDBXx+zdE/q1EPgKykPqZEo4w="


def test_the_password_is_the_user_names_hmac() -> None:
    assert credential(USER, "north wind") == WORKED


def test_both_browsers_are_told_servers_and_a_credential_for_some_hours() -> None:
    given = TurnConfiguration(("stun:s.example",), ("turn:t.example:3478",), "north wind")
    six_hours_earlier = datetime.fromtimestamp(1795341600, UTC) - timedelta(hours=6)
    assert ice_configuration(given, CALL, six_hours_earlier) == {
        "iceServers": [
            {"urls": ["stun:s.example"]},
            {"urls": ["turn:t.example:3478"], "username": USER, "credential": WORKED},
        ],
        "iceTransportPolicy": "all",
    }


def test_without_servers_the_browsers_reach_each_other_directly() -> None:
    direct = {"iceServers": [], "iceTransportPolicy": "all"}
    now = datetime.now(UTC)
    assert ice_configuration(TurnConfiguration(), CALL, now) == direct
    # A policy that would leave no way at all is not obeyed; `openrvr serve` does not start with it.
    assert ice_configuration(TurnConfiguration(relay_only=True), CALL, now) == direct


@pytest.mark.parametrize(
    ("urls", "secret", "only", "said"),
    [
        ([], "", True, "OPENRVR_TURN_RELAY_ONLY is 1"),
        (["turn:t.example"], "", False, "set OPENRVR_TURN_SECRET"),
        (["turn:t.example"], "north wind", True, ""),
        ([], "", False, ""),
    ],
)
def test_addresses_that_are_to_be_hidden_need_a_relay(
    settings: Settings, urls: list[str], secret: str, only: bool, said: str
) -> None:
    settings.TURN_URLS, settings.TURN_SECRET, settings.TURN_RELAY_ONLY = urls, secret, only
    told = relays_are_there()
    assert said in "".join(each.msg for each in told)
    assert [each.is_serious() for each in told] == ([True] if said else [])


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory, authority: trustme.CA) -> Iterator[Coturn]:
    home = tmp_path_factory.mktemp("coturn")
    with coturn(home, "--allow-loopback-peers", authority=authority) as started:
        yield started


@pytest.fixture
def believed(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))


@pytest.mark.usefixtures("believed")
@pytest.mark.parametrize("url", ["turn:{0}:{1}", "turn:{0}:{1}?transport=tcp", "turns:{0}:{2}"])
def test_a_packet_comes_through_the_relay(relay: Coturn, url: str) -> None:
    assert _trouble(_at(relay, url)) is None


@pytest.mark.parametrize("secret", ["another secret", ""])
def test_a_relay_of_another_secret_is_told(relay: Coturn, secret: str) -> None:
    assert _trouble(_at(relay), secret=secret) == "it does not accept the secret"


def test_a_credential_belongs_to_its_call_and_its_hours(relay: Coturn) -> None:
    user, password = _given(datetime.now(UTC))
    assert _asked(_at(relay), user, password) is None
    others = user.replace(CALL, "another-call")
    assert _asked(_at(relay), others, password) == "it does not accept the secret"
    over = _given(datetime.now(UTC) - LIFE - timedelta(minutes=1))
    assert _asked(_at(relay), *over) == "it does not accept the secret"


def test_a_certificate_that_browsers_would_refuse_is_told(relay: Coturn) -> None:
    trouble = _trouble(_at(relay, "turns:{0}:{2}"))
    assert trouble == "its certificate is not believed (CERTIFICATE_VERIFY_FAILED)"


def test_a_relay_that_passes_nothing_on_is_told(tmp_path: Path) -> None:
    with coturn(tmp_path) as closed:
        assert _trouble(_at(closed)) == "it refused: 403 Forbidden IP"


def test_a_relay_that_is_not_there_is_told() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{nobody.getsockname()[1]}"
        assert "Connect call failed" in str(_trouble(f"turn:{address}?transport=tcp"))
        assert _trouble(f"turn:{address}", within=0.5) == "no answer in 0.5 s"


def test_a_relay_that_hangs_is_told(tmp_path: Path) -> None:
    with coturn(tmp_path, "--allow-loopback-peers") as hanging:
        hanging.process.send_signal(signal.SIGSTOP)
        assert _trouble(_at(hanging), within=0.5) == "no answer in 0.5 s"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("turn:relay.example", Relay("relay.example", 3478, "udp", tls=False)),
        ("turn:relay.example?transport=tcp", Relay("relay.example", 3478, "tcp", tls=False)),
        ("turns:relay.example:443", Relay("relay.example", 443, "tcp", tls=True)),
        ("turns:[2001:db8::1]?transport=tcp", Relay("2001:db8::1", 5349, "tcp", tls=True)),
    ],
)
def test_an_address_is_read_as_browsers_read_it(url: str, told: Relay) -> None:
    assert Relay.of(url) == told


@pytest.mark.parametrize("url", ["relay.example:3478", "turn:", "turns:r.example?transport=udp"])
def test_an_address_that_no_browser_reads_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=re.escape(url)):
        Relay.of(url)


def test_the_check_names_each_relay_that_does_not_relay(relay: Coturn, settings: Settings) -> None:
    settings.TURN_SECRET = SECRET
    settings.TURN_URLS = [_at(relay)]
    assert relays_relay() == []
    settings.TURN_URLS = [_at(relay), "relay.example", _at(relay, "turns:{0}:{2}")]
    settings.TURN_SECRET = "north wind"
    assert [each.msg.partition(": ")[2][:45] for each in relays_relay()] == [
        f"{_at(relay)} does not relay: it does not accept"[:45],
        "'relay.example' is not turn:HOST:PORT?transpo",
        f"{_at(relay, 'turns:{0}:{2}')} does not relay: its cert"[:45],
    ]
    settings.TURN_URLS = []
    assert relays_relay() == []


def _at(relay: Coturn, url: str = "turn:{0}:{1}") -> str:
    return url.format(relay.address, relay.port, relay.tls_port)


def _trouble(url: str, secret: str = SECRET, within: float = 5) -> str | None:
    user, _ = _given(datetime.now(UTC))
    return _asked(url, user, credential(user, secret), within)


def _asked(url: str, user: str, password: str, within: float = 5) -> str | None:
    try:
        asyncio.run(probe(Relay.of(url), user=user, password=password, within=within))
    except RelayFails as trouble:
        return str(trouble)
    return None


def _given(now: datetime) -> tuple[str, str]:
    servers = TurnConfiguration(turn_urls=("turn:127.0.0.1",), secret=SECRET)
    (server,) = ice_configuration(servers, CALL, now)["iceServers"]
    return server["username"], server["credential"]
