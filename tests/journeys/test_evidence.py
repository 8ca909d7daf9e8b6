"""The call is kept, or its absence declared: told in real browsers."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import av
import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.journeys.browsers import BLUE, GREEN, changing_film, launch_kept, solid_film
from tests.journeys.browsers import launch as launch_browser
from tests.journeys.packages import exported, wait_until_kept
from tests.journeys.people import Person
from tests.journeys.steps import (
    answer_button,
    both_see_each_other,
    checks_in,
    ends_the_call,
    goes_home,
    goes_on_duty,
    rows,
    until,
)
from tests.running_demo import Demo

Seat = Callable[[str], Person]
RED = (81, 90, 240)


def test_both_are_recorded_apart_by_themselves_and_she_knows(
    phone: Person, officer: Person, tmp_path: Path
) -> None:
    reference = checks_in(phone)
    answer_button(officer).click()
    both_see_each_other(phone, officer)
    expect(officer.page.locator("#recording")).to_contain_text("REC, gap")
    expect(phone.page.locator("#recorded")).to_have_text("Recorded")
    officer.waits_for_picture(more=40)
    officer.page.keyboard.press("m")
    officer.waits_for_picture(more=40)
    officer.page.keyboard.press("m")
    officer.waits_for_picture(more=20)
    ends_the_call(officer)
    wait_until_kept(officer.demo, reference)
    package = exported(officer.demo, reference, tmp_path)
    assert package.verify().returncode == 0
    assert package.lost("victim") == []
    [(what, why, seconds)] = package.lost("officer")
    assert (what, why) == ("sound", "turned_off")
    assert 1 < seconds < 10
    for person in ("victim", "officer"):
        assert package.slices(person) >= 2


_TRACKS = (
    "SELECT count(*) FROM evidence_track t JOIN evidence_exhibit e ON e.id = t.exhibit_id"
    " JOIN cases_case c ON c.id = e.case_id WHERE c.reference = %s"
)


NO_RECEIPT = {"entry": {"details": {}}, "previous": "", "hash": "", "signature": "", "key": ""}


def test_an_upload_that_fails_alarms_within_seconds_and_loses_nothing(
    phone: Person, officer: Person, tmp_path: Path
) -> None:
    """The server is not reached for the recording, while the call itself goes on."""
    reference = checks_in(phone)
    officer.page.route("**/evidence/calls/*/begin", lambda route: route.abort())
    answer_button(officer).click()
    both_see_each_other(phone, officer)
    words = officer.page.locator("#stage-words")
    expect(words).to_contain_text("She is NOT being recorded")
    # Nothing is recorded, of him neither, before the server has said that she was told.
    assert rows(officer.demo, _TRACKS, reference) == [(0,)]
    officer.page.unroute("**/evidence/calls/*/begin")
    expect(words).not_to_contain_text("NOT being recorded")
    officer.waits_for_picture(more=60)

    # What answers is not the service: its receipt is none, and nothing is dropped on it.
    officer.page.route(
        "**/evidence/calls/*/tracks/**",
        lambda route: route.fulfill(status=201, json=NO_RECEIPT),
    )
    # Six seconds after the last receipt: a slice was due two seconds after that one.
    expect(words).to_contain_text("The recording does not reach the server", timeout=7_000)
    expect(words).to_contain_text("wait on this computer")
    officer.page.unroute("**/evidence/calls/*/tracks/**")
    expect(words).not_to_contain_text("does not reach the server")
    both_see_each_other(phone, officer)
    ends_the_call(officer)
    wait_until_kept(officer.demo, reference)
    package = exported(officer.demo, reference, tmp_path)
    assert package.verify().returncode == 0
    for person in ("victim", "officer"):
        [(what, why, seconds)] = package.lost(person)
        assert (what, why) == ("everything", "network")
        assert 4 < seconds < 20


# What a browser's recorder does when its encoder has died: it runs, and gives nothing.
HER_RECORDER_GIVES_NOTHING = """() => {
  const { addEventListener } = EventTarget.prototype;
  const idsOf = (stream) => (stream?.getTracks() ?? []).map(({ id }) => id);
  MediaRecorder.prototype.addEventListener = function (kind, ...given) {
    const hers = idsOf(document.getElementById("remote-video").srcObject);
    const isHers = idsOf(this.stream).some((id) => hers.includes(id));
    if (kind !== "dataavailable" || !isHers) addEventListener.call(this, kind, ...given);
  };
}"""


def test_that_nothing_of_her_is_recorded_is_told_though_all_of_him_is(
    phone: Person, officer: Person
) -> None:
    checks_in(phone)
    officer.page.evaluate(HER_RECORDER_GIVES_NOTHING)
    answer_button(officer).click()
    both_see_each_other(phone, officer)
    words = officer.page.locator("#stage-words")
    expect(words).to_contain_text("Nothing of her is recorded")
    expect(words).not_to_contain_text("Nothing of you")
    expect(officer.page.locator("#recording-gap")).not_to_have_text(re.compile("gap 0 s"))
    ends_the_call(officer)


def test_a_full_disk_at_the_desk_is_told_and_loses_nothing(
    phone: Person, officer: Person, tmp_path: Path
) -> None:
    """The spool takes nothing more: slices go from memory, as long as the server takes them."""
    developer = officer.context.new_cdp_session(officer.page)
    origin = f"http://localhost:{officer.demo.port}"
    developer.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 1})
    reference = checks_in(phone)
    answer_button(officer).click()
    both_see_each_other(phone, officer)
    words = officer.page.locator("#stage-words")
    expect(words).to_contain_text("This computer's disk is full")
    developer.send("Storage.overrideQuotaForOrigin", {"origin": origin})
    expect(words).not_to_contain_text("disk is full")
    ends_the_call(officer)
    wait_until_kept(officer.demo, reference)
    package = exported(officer.demo, reference, tmp_path)
    assert package.verify().returncode == 0
    for person in ("victim", "officer"):
        assert package.lost(person) == []


@pytest.fixture
def her_phone(playwright: Playwright, demo: Demo, tmp_path: Path) -> Iterator[Person]:
    """Her camera shows green for a second, then red for one, and so on; it beeps meanwhile."""
    film = changing_film(tmp_path / "film.y4m", GREEN, RED)
    browser = launch_browser(playwright, film)
    context = browser.new_context(permissions=["camera", "microphone"])
    yield Person(context.new_page(), demo)
    browser.close()


class Officer(Person):
    """An officer whose browser keeps its profile, as on any computer of a hub."""

    profile: Path

    def killed(self) -> None:
        """SIGKILL to the browser and everything that belongs to it."""
        self._signals(signal.SIGKILL)

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """As a computer that sleeps: nothing of the browser runs."""
        self._signals(signal.SIGSTOP)
        try:
            yield
        finally:
            self._signals(signal.SIGCONT)

    def _signals(self, number: signal.Signals) -> None:
        mark = f"--user-data-dir={self.profile}".encode()
        for process in Path("/proc").iterdir():
            with suppress(OSError, ProcessLookupError):
                if process.name.isdigit() and mark in (process / "cmdline").read_bytes():
                    os.kill(int(process.name), number)


@pytest.fixture
def kept_officers(
    playwright: Playwright, demo: Demo, tmp_path: Path
) -> Iterator[Callable[[], Officer]]:
    profile = tmp_path / "profile"
    film = solid_film(tmp_path / "blue.y4m", BLUE)
    opened: list[BrowserContext] = []

    def sit() -> Officer:
        context = launch_kept(playwright, profile, film)
        opened.append(context)
        page: Page = context.pages[0]
        page.goto(f"http://localhost:{demo.port}/demo/as/officer-2", wait_until="domcontentloaded")
        officer = Officer(page, demo)
        officer.profile = profile
        return officer

    yield sit
    for context in opened:
        with suppress(Exception):
            context.close()


def test_a_browser_that_is_killed_in_mid_call_loses_nothing_that_was_receipted(
    her_phone: Person, kept_officers: Callable[[], Officer], demo: Demo, tmp_path: Path
) -> None:
    """Twenty seconds with a scripted picture and tone, killed and resumed once."""
    officer = kept_officers()
    goes_on_duty(officer)
    reference = checks_in(her_phone)
    answer_button(officer).click()
    officer.waits_for_picture(more=200)
    officer.killed()

    # The next sign-in at that computer: the call is still there, and the spool is delivered.
    officer = kept_officers()
    officer.waits_for_picture(more=200)
    expect(officer.page.locator("#recording")).to_contain_text("REC")
    ends_the_call(officer)
    wait_until_kept(demo, reference)

    package = exported(demo, reference, tmp_path)
    said = package.verify()
    assert said.returncode == 0, said.stderr
    for person in ("victim", "officer"):
        gaps = package.gaps(person)
        assert ("everything", "tab_closed") in [gap[:2] for gap in gaps], gaps
        missing = sum(seconds for what, _, seconds in gaps if what == "everything")
        expected = package.call_seconds - missing
        assert abs(package.played_seconds(person) - expected) < 1.0, (person, gaps)
        assert len(package.copies(person)) == 2
    for path in package.copies("victim"):
        colours, loudest = _look_and_listen(path)
        assert {"green", "red"} <= set(colours), colours
        assert loudest > 1000
    goes_home(officer)


def _look_and_listen(path: Path) -> tuple[list[str], int]:
    """The colours in their order, each once until it changes; the loudest sample, of 32767."""
    colours: list[str] = []
    with av.open(str(path)) as copy:
        for frame in copy.decode(video=0):
            pixel = bytes(frame.reformat(width=2, height=2, format="rgb24").planes[0])[:3]
            colour = {(True, False): "red", (False, True): "green"}.get(
                (pixel[0] > 150 > pixel[1], pixel[1] > 150 > pixel[0]), "other"
            )
            if colours[-1:] != [colour]:
                colours.append(colour)
    loudest = 0
    with av.open(str(path)) as copy:
        to_samples = av.AudioResampler(format="s16", layout="mono")
        for sound in copy.decode(audio=0):
            for piece in to_samples.resample(sound):
                samples = memoryview(bytes(piece.planes[0])).cast("h")
                loudest = max(loudest, *(abs(each) for each in samples))
    return colours, loudest


_SILENT_FOR = "SELECT extract(epoch FROM now() - max(at)) FROM evidence_custodyentry"


def test_the_seconds_in_which_the_officers_computer_stood_still_are_declared(
    her_phone: Person, kept_officers: Callable[[], Officer], demo: Demo, tmp_path: Path
) -> None:
    officer = kept_officers()
    goes_on_duty(officer)
    reference = checks_in(her_phone)
    answer_button(officer).click()
    officer.waits_for_picture(more=40)
    with officer.standing_still():
        since = time.monotonic()
        until(demo, _SILENT_FOR, holds=lambda rows: rows[0][0] > 10)
        still = time.monotonic() - since
    officer.waits_for_picture()
    ends_the_call(officer)
    wait_until_kept(demo, reference)
    package = exported(demo, reference, tmp_path)
    assert package.verify().returncode == 0
    for person in ("victim", "officer"):
        stood = [gap for gap in package.gaps(person) if gap[1] == "stalled"]
        assert sum(seconds for *_, seconds in stood) > still - 1, package.gaps(person)
    goes_home(officer)
