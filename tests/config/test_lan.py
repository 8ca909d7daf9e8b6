"""The demo on the local network: really started, asked over TLS, and read by a camera."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import ssl
import stat
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from urllib.request import HTTPSHandler, build_opener

import pytest
import zxingcpp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

from openrvr.config.processes.errors import CannotRun
from openrvr.config.processes.lan import LIFE, addresses, certificate, choose
from tests.journeys.browsers import GREEN, desk_context, launch, phone_context, solid_film
from tests.journeys.given import invited
from tests.journeys.people import Person
from tests.journeys.steps import link_of, turns_her_camera_on
from tests.running_demo import Demo

# A machine without a network still has more than one address of its own.
ADDRESS = next(iter(addresses()), "127.0.0.2")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_an_address_is_this_computers_own() -> None:
    for each in addresses():
        with closing(socket.socket()) as listener:
            listener.bind((each, 0))
        assert not each.startswith("127.")
        assert choose(each) == each
    assert choose("127.0.0.2") == "127.0.0.2"


@pytest.mark.parametrize("wish", ["0.0.0.0", "224.0.0.1", "example.org", "2", "::1", ""])
def test_what_no_phone_could_open_is_refused(wish: str) -> None:
    with pytest.raises(CannotRun, match="not an address of this computer"):
        choose(wish)


def test_the_certificate_is_kept_and_its_authoritys_key_is_not(tmp_path: Path) -> None:
    made = certificate(tmp_path, "192.0.2.7", NOW)
    before = made.chain.read_bytes()
    assert certificate(tmp_path, "192.0.2.7", NOW).chain.read_bytes() == before
    assert stat.S_IMODE(made.key.stat().st_mode) == 0o600
    holders = [each for each in tmp_path.iterdir() if b"PRIVATE KEY" in each.read_bytes()]
    assert holders == [made.key]
    leaf = x509.load_pem_x509_certificate(before)
    assert leaf.public_key() == load_pem_private_key(made.key.read_bytes(), None).public_key()
    # A phone refuses one that lasts longer than 825 days.
    assert leaf.not_valid_after_utc == NOW + LIFE < NOW + timedelta(days=825)


@pytest.mark.parametrize("change", ["address", "age", "key", "half"])
def test_a_certificate_that_no_longer_serves_is_made_anew(tmp_path: Path, change: str) -> None:
    made = certificate(tmp_path, "192.0.2.7", NOW)
    before, address, now = made.chain.read_bytes(), "192.0.2.7", NOW
    if change == "address":
        address = "192.0.2.8"
    elif change == "age":
        now += LIFE - timedelta(days=6)
    elif change == "key":
        made.key.unlink()
    else:
        made.chain.write_bytes(before[:100])
    assert certificate(tmp_path, address, now).chain.read_bytes() != before


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        Path(directory).chmod(0o711)
        with Demo(Path(directory) / "data", arguments=("--lan", ADDRESS)) as started:
            found = started.says(r"ready at (https://([\d.]+):(\d+))$")
            assert found[2] == ADDRESS
            started.port = int(found[3])
            yield started


@pytest.fixture
def address(demo: Demo) -> str:
    return f"https://{ADDRESS}:{demo.port}"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory, demo: Demo) -> Iterator[Browser]:
    """A browser that takes this one certificate, as somebody who tapped “go on” does."""
    film = solid_film(tmp_path_factory.mktemp("film") / "green.y4m", GREEN)
    with sync_playwright() as playwright:
        mark = f"--ignore-certificate-errors-spki-list={_fingerprint(demo)}"
        started = launch(playwright, film, mark)
        yield started
        started.close()


def _fingerprint(demo: Demo) -> str:
    leaf = x509.load_pem_x509_certificate((demo.data / "lan" / "chain.pem").read_bytes())
    public = leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(public).digest()).decode()


def _asked(demo: Demo, url: str) -> str:
    trusting = ssl.create_default_context(cafile=str(demo.data / "lan" / "authority.pem"))
    with build_opener(HTTPSHandler(context=trusting)).open(url, timeout=20) as answer:
        assert answer.url == url
        return str(answer.read().decode())


def test_it_answers_over_tls_at_the_address_and_at_this_computers_names(
    demo: Demo, address: str
) -> None:
    assert json.loads(_asked(demo, f"{address}/healthz"))["ready"]
    assert json.loads(_asked(demo, f"https://localhost:{demo.port}/healthz"))["ready"]
    listed = _asked(demo, f"{address}/demo/addresses")
    assert f"{address}\n" in listed
    assert f"https://officer.localhost:{demo.port}/demo/as/officer\n" in listed
    assert "0.0.0.0" not in listed


def test_nobody_else_is_trusted_by_it(demo: Demo, address: str) -> None:
    with pytest.raises(OSError, match="certificate verify failed"):
        build_opener(HTTPSHandler(context=ssl.create_default_context())).open(f"{address}/healthz")


def test_a_camera_reads_the_phones_address_from_the_start_page(
    demo: Demo, address: str, browser: Browser
) -> None:
    page = desk_context(browser).new_page()
    page.goto(address, wait_until="domcontentloaded")
    picture = Image.open(BytesIO(page.screenshot()))
    assert [each.text for each in zxingcpp.read_barcodes(picture)] == [f"{address}/demo/phone/"]
    # On a phone of the smallest kind as well.
    page.set_viewport_size({"width": 320, "height": 640})
    page.locator("#code").scroll_into_view_if_needed()
    small = Image.open(BytesIO(page.screenshot()))
    assert [each.text for each in zxingcpp.read_barcodes(small)] == [f"{address}/demo/phone/"]
    page.context.close()


def test_a_phone_gets_from_the_code_to_its_own_camera(
    demo: Demo, address: str, browser: Browser
) -> None:
    reference = invited(demo)
    link = link_of(demo, reference)
    assert link.startswith(f"{address}/s/")
    phone = Person(phone_context(browser).new_page(), demo)
    phone.page.goto(f"{address}/demo/phone/", wait_until="domcontentloaded")
    phone.page.get_by_role("link", name=link).click()
    turns_her_camera_on(phone)
    assert phone.page.evaluate("window.isSecureContext")
    [cookie] = [each for each in phone.context.cookies() if each["name"] == "p"]
    assert cookie["secure"]
    assert cookie["httpOnly"]
    phone.context.close()


def test_a_seat_signs_in_on_this_computer(demo: Demo, browser: Browser) -> None:
    page = desk_context(browser).new_page()
    page.goto(
        f"https://control-room.localhost:{demo.port}/demo/as/control-room",
        wait_until="domcontentloaded",
    )
    page.get_by_role("button", name="New report").click()
    expect(page.locator("#number")).to_be_focused()
    [session] = [each for each in page.context.cookies() if each["name"] == "openrvr_session"]
    assert session["secure"]
    page.context.close()
