"""TURN credentials: by a worked value, and as coturn itself judges them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from openrvr.journey.call.checks import relays_are_there
from openrvr.journey.call.media.turn import LIFE, TurnConfiguration, credential, ice_configuration

CALL = "0b5ee5f0-6b1a-4f3e-9a51-5d1a3c1f2e77"
# printf %s USER | openssl dgst -sha1 -hmac "north wind" -binary | base64
USER, WORKED = f"1795341600:{CALL}", "MyMDBXx+zdE/q1EPgKykPqZEo4w="
SECRET = "a-shared-secret"


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
def coturn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Debian's coturn on loopback, with our secret; gives its port."""
    missing = [each for each in ("turnserver", "turnutils_uclient") if not shutil.which(each)]
    if missing:
        sentence = f"coturn is missing ({', '.join(missing)}): apt-get install coturn"
        pytest.fail(sentence) if os.geteuid() == 0 else pytest.skip(sentence)
    home, port = tmp_path_factory.mktemp("coturn"), _free_port()
    with subprocess.Popen(
        (
            "turnserver",
            "-n",  # no configuration file of this machine
            *("--use-auth-secret", f"--static-auth-secret={SECRET}", "--realm=openrvr.example"),
            *("--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", f"--listening-port={port}"),
            *("--no-tls", "--no-dtls", "--no-cli", "--allow-loopback-peers"),
            *("--log-file=stdout", "--simple-log"),
            *(f"--pidfile={home / 'pid'}", f"--userdb={home / 'users'}"),
        ),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            _until_it_listens(port)
            yield port
        finally:
            server.kill()


def test_coturn_relays_for_our_credential(coturn: int) -> None:
    user, password = _given(datetime.now(UTC))
    assert _allocates(coturn, user, password)


def test_coturn_refuses_any_other(coturn: int) -> None:
    user, password = _given(datetime.now(UTC))
    assert not _allocates(coturn, user, credential(user, "another secret"))
    assert not _allocates(coturn, user.replace(CALL, "another-call"), password)


def test_coturn_refuses_a_credential_whose_time_is_over(coturn: int) -> None:
    user, password = _given(datetime.now(UTC) - LIFE - timedelta(minutes=1))
    assert not _allocates(coturn, user, password)


def _given(now: datetime) -> tuple[str, str]:
    servers = TurnConfiguration(turn_urls=("turn:127.0.0.1",), secret=SECRET)
    (server,) = ice_configuration(servers, CALL, now)["iceServers"]
    return server["username"], server["credential"]


def _allocates(port: int, user: str, password: str) -> bool:
    """Whether coturn's own client gets a relay, and packets through it."""
    client = subprocess.run(
        (
            *("turnutils_uclient", "-u", user, "-w", password, "-p", str(port)),
            # One packet by the way that needs no pause: the others take the client six seconds.
            *("-y", "-c", "-s", "-m", "1", "-n", "1", "-L", "127.0.0.1", "127.0.0.1"),
        ),
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "lost packets 0" in client.stdout or "Cannot complete Allocation" in client.stdout
    return client.returncode == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until_it_listens(port: int) -> None:
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=10).close()
        except ConnectionRefusedError:
            continue
        return
