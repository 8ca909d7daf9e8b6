"""A photograph and a file of hers, asked for and sent in a call, told in real browsers."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, Route, expect

from tests.journey.evidence.photographs import has_exif, jpeg
from tests.journeys.axe import assert_accessible
from tests.journeys.browsers import GREEN, launch
from tests.journeys.people import Person
from tests.journeys.planes import on_both_planes
from tests.journeys.steps import (
    answer_button,
    both_see_each_other,
    checks_in,
    ends_the_call,
    rows,
    until,
)

pytestmark = on_both_planes
Seat = Callable[[str], Person]

PHOTOGRAPH = (1280, 960)

_NEWEST = (
    "SELECT u.sha256, u.size, u.media_type, e.kind, e.id FROM evidence_upload u"
    " JOIN evidence_exhibit e ON e.id = u.exhibit_id JOIN cases_case c ON c.id = e.case_id"
    " JOIN evidence_workingcopy w ON w.track_id = u.key"
    " WHERE c.reference = %s AND u.complete_at IS NOT NULL ORDER BY e.number DESC LIMIT 1"
)


@pytest.fixture(scope="module")
def her_browser(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    """Her camera photographs larger than it films in a call."""
    film = tmp_path_factory.mktemp("film") / "large.y4m"
    luma, blue, red = GREEN
    pixels = PHOTOGRAPH[0] * PHOTOGRAPH[1]
    frame = bytes([luma]) * pixels + bytes([blue]) * (pixels // 4) + bytes([red]) * (pixels // 4)
    width, height = PHOTOGRAPH
    head = f"YUV4MPEG2 W{width} H{height} F20:1 Ip A1:1 C420jpeg\n".encode()
    film.write_bytes(head + (b"FRAME\n" + frame) * 4)
    browser = launch(playwright, film)
    yield browser
    browser.close()


@pytest.fixture
def reference(phone: Person, officer: Person) -> str:
    """The two of them, seeing each other."""
    reference = checks_in(phone)
    answer_button(officer).click()
    both_see_each_other(phone, officer)
    return reference


def presses(phone: Person, name: str) -> None:
    phone.page.locator("#sending").get_by_role("button", name=name, exact=True).click()


def expect_title(phone: Person, title: str) -> None:
    expect(phone.page.locator("#sending-title")).to_have_text(title)


def asks(officer: Person, phone: Person) -> None:
    officer.page.keyboard.press("k")
    expect(officer.page.locator("#sent-words")).to_contain_text("she has not answered yet")
    expect_title(phone, "The officer asks for a photograph of what you want to show.")


def picture_on(page: Page, selector: str) -> Image.Image:
    """What an <img> of the page shows, fetched by that page itself."""
    found = page.locator(selector)
    expect(found).to_be_visible()
    source = found.evaluate("async (image) => { await image.decode(); return image.src; }")
    answer = page.request.get(source)
    assert answer.ok
    assert not has_exif(answer.body())
    return Image.open(io.BytesIO(answer.body())).convert("RGB")


def is_green(picture: Image.Image) -> bool:
    middle = picture.getpixel((picture.width // 2, picture.height // 2))
    assert isinstance(middle, tuple)
    red, green, blue = middle
    return green > 200 and red < 60 and blue < 60


def test_she_takes_a_photograph_that_the_officer_asks_for(
    phone: Person, officer: Person, reference: str
) -> None:
    asks(officer, phone)
    assert_accessible(phone.page)
    # A reload in the middle of it: it is still there.
    phone.page.reload(wait_until="domcontentloaded")
    both_see_each_other(phone, officer)
    expect_title(phone, "The officer asks for a photograph of what you want to show.")
    presses(phone, "Take it")
    expect_title(phone, "Hold the phone still")
    assert_accessible(phone.page)
    presses(phone, "Take the photograph")
    expect_title(phone, "Send this picture?")
    assert_accessible(phone.page)
    shown = phone.page.locator("#sending-shown img").get_attribute("src")
    assert shown
    presses(phone, "Send")
    expect_title(phone, "The officer has it")
    # The thanks leave by themselves, but not from under her finger.
    phone.page.keyboard.press("Tab")
    expect(officer.page.locator("#sent-words")).to_have_text(
        re.compile(r"^Photograph received \d\d:\d\d$")
    )
    [(sha256, size, media_type, kind, _)] = until(
        officer.demo, _NEWEST, reference, holds=lambda found: len(found) == 1
    )
    assert kind == "photograph"
    # What she saw, and nothing else, is what is kept.
    seen_by_her = base64.b64decode(shown.partition(",")[2])
    assert (hashlib.sha256(seen_by_her).hexdigest(), len(seen_by_her)) == (sha256, size)
    assert media_type in {"image/jpeg", "image/png"}
    picture = picture_on(officer.page, "#sent-card img")
    assert is_green(picture)
    seen = officer.sees()
    assert picture.size == PHOTOGRAPH
    assert picture.width > seen.width, seen
    assert_accessible(officer.page)
    presses(phone, "Back to the call")
    expect(phone.page.get_by_role("button", name="Leave")).to_be_visible()
    both_see_each_other(phone, officer)
    with officer.context.expect_page() as opening:
        officer.page.locator("#sent-card a").click()
    large = opening.value
    expect(large.get_by_role("heading", level=1)).to_contain_text("Photograph")
    expect(large.locator("main")).to_contain_text(sha256)
    assert_accessible(large)
    large.close()
    ends_the_call(officer)


def test_a_file_of_hers_keeps_its_place_and_its_copy_does_not(
    phone: Person, officer: Person, reference: str, tmp_path: Path
) -> None:
    content = jpeg((1600, 1200), noise=2_500_000)
    file = tmp_path / "zdjęcie domu.jpg"
    file.write_bytes(content)
    phone.page.get_by_role("button", name="Send a photo or file").click()
    expect_title(phone, "Send a photo or file")
    assert_accessible(phone.page)
    lost: list[str] = []

    def lose_one(route: Route) -> None:
        if lost:
            return route.continue_()
        lost.append(route.request.url)
        return route.abort("connectionreset")

    phone.page.route("**/p/uploads/*/2", lose_one)
    with phone.page.expect_file_chooser() as choosing:
        presses(phone, "Choose a photo or file")
    choosing.value.set_files(file)
    expect_title(phone, "Send this picture?")
    presses(phone, "Send")
    expect_title(phone, "The officer has it")
    assert lost
    [(sha256, size, _, kind, exhibit)] = until(
        officer.demo, _NEWEST, reference, holds=lambda found: len(found) == 1
    )
    assert (sha256, size, kind) == (hashlib.sha256(content).hexdigest(), len(content), "upload")
    assert has_exif(content)
    assert picture_on(officer.page, "#sent-card img").size == (1600, 1200)
    with officer.context.expect_page() as opening:
        officer.page.locator("#sent-card a").click()
    large = opening.value
    expect(large.locator("main")).to_contain_text("51.507222, -0.127500")
    expect(large.locator("main")).to_contain_text("not scanned for viruses")
    expect(large.locator("main")).to_contain_text("zdjęcie domu.jpg")
    with large.expect_download() as saving:
        large.get_by_role("link", name="Save the original").click()
    assert saving.value.suggested_filename == f"{reference}-2.jpg"
    assert Path(saving.value.path()).read_bytes() == content
    large.close()
    logged = rows(
        officer.demo,
        "SELECT what FROM evidence_custodyentry WHERE exhibit_id = %s ORDER BY position",
        exhibit,
    )
    assert {("opened",), ("downloaded",)} <= set(logged)
    both_see_each_other(phone, officer)
    ends_the_call(officer)


def test_she_declines_and_what_cannot_be_taken_is_said(
    phone: Person, officer: Person, reference: str, tmp_path: Path
) -> None:
    asks(officer, phone)
    presses(phone, "Not now")
    expect(officer.page.locator("#sent-words")).to_contain_text("She would rather not")
    expect(phone.page.locator("#sending")).to_be_hidden()
    phone.page.get_by_role("button", name="Send a photo or file").click()
    program = tmp_path / "photo.jpg"
    program.write_bytes(b"MZ" + bytes(5000))
    with phone.page.expect_file_chooser() as choosing:
        presses(phone, "Choose a photo or file")
    choosing.value.set_files(program)
    expect_title(phone, "Send this file?")
    presses(phone, "Send")
    expect_title(phone, "This was not sent")
    expect(phone.page.locator("#sending-words")).to_contain_text("tell the officer")
    assert_accessible(phone.page)
    # Nothing stays on her phone.
    stored = "Object.keys(localStorage).length + Object.keys(sessionStorage).length"
    assert phone.page.evaluate(stored) == 0
    assert phone.page.evaluate("indexedDB.databases().then((found) => found.length)") == 0
    presses(phone, "Back to the call")
    both_see_each_other(phone, officer)
    # The call ends while the sheet is open: it goes with the call.
    asks(officer, phone)
    ends_the_call(officer)
    expect(phone.page.get_by_role("heading", name="Thank you")).to_be_visible()
