"""A recorded call looked at again: both pictures in step, and every place to jump to."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.axe import assert_accessible
from tests.journeys.packages import wait_until_kept
from tests.journeys.people import Person
from tests.journeys.steps import (
    answer_button,
    both_see_each_other,
    checks_in,
    ends_the_call,
    is_hers,
    is_the_officers,
)

Seat = Callable[[str], Person]

# Seconds on the clock of the call, by what each <video> really shows; and how far that has come.
_CLOCKS = """() => ["victim", "officer"].map((person) => {
  const video = document.getElementById(`video-${person}`);
  return Number(video.dataset.since) + video.currentTime;
})"""
_BOTH_RUN_FROM = """(from) => ["victim", "officer"].every((person) => {
  const video = document.getElementById(`video-${person}`);
  return !video.paused && Number(video.dataset.since) + video.currentTime > from;
})"""
_STANDS = """([person, at]) => {
  const video = document.getElementById(`video-${person}`);
  const shown = Number(video.dataset.since) + video.currentTime;
  return !video.seeking && video.readyState >= 2 && Math.abs(shown - at) < 0.1;
}"""


@pytest.fixture
def player(phone: Person, officer: Person) -> Person:
    """A short call, in the middle of which the officer loads her page again; then its player."""
    reference = checks_in(phone)
    answer_button(officer).click()
    both_see_each_other(phone, officer)
    expect(officer.page.locator("#recording")).to_contain_text("REC")
    officer.waits_for_picture(more=60)
    officer.page.keyboard.press("1")
    expect(officer.page.locator("#marked")).to_have_text(
        re.compile(r"Marked: Injury shown \d\d:\d\d:\d\d")
    )
    officer.waits_for_picture(more=40)
    officer.page.reload(wait_until="domcontentloaded")
    both_see_each_other(phone, officer)
    expect(officer.page.locator("#recording")).to_contain_text("REC")
    officer.waits_for_picture(more=80)
    ends_the_call(officer)
    expect(officer.page.locator("#markers button").first).to_be_disabled()
    wait_until_kept(officer.demo, reference)
    with officer.context.expect_page() as opened:
        officer.page.locator("#evidence-card a").click()
    page = opened.value
    expect(page.get_by_role("heading", level=1)).to_contain_text(reference)
    expect(page.locator("#making")).to_have_text("", timeout=60_000)
    return Person(page, officer.demo)


def moment(player: Person, kind: str, words: str) -> Locator:
    place = player.page.locator(f".player__moment[data-kind={kind}]")
    return place.filter(has_text=words)


def seconds(place: Locator) -> float:
    return float(place.get_attribute("data-jump") or "nowhere")


def words_over(player: Person, person: str) -> Locator:
    return player.page.locator(f"[data-person={person}] .player__words")


def test_a_call_is_played_in_step_and_its_places_are_found(player: Person) -> None:
    page = player.page
    keys = page.keyboard
    expect(words_over(player, "victim")).to_contain_text("Press Play")
    assert_accessible(page)

    # To the marker by its button: both stand there, and each is whom the row says.
    marker = moment(player, "marker", "Injury shown")
    marker.click()
    for person in ("victim", "officer"):
        page.wait_for_function(_STANDS, arg=[person, seconds(marker)])
    assert is_hers(player.sees("video-victim"))
    assert is_the_officers(player.sees("video-officer"))
    expect(page.locator("#clock-force")).to_have_text(marker.locator("time").inner_text())
    expect(marker).to_have_attribute("aria-current", "true")

    # From there both run, in step.
    keys.press("Space")
    expect(page.locator("#play")).to_contain_text("Pause")
    for further in (0.5, 1, 1.5):
        page.wait_for_function(_BOTH_RUN_FROM, arg=seconds(marker) + further)
        hers, his = page.evaluate(_CLOCKS)
        assert abs(hers - his) < 0.3
    keys.press("Space")
    expect(page.locator("#play")).to_contain_text("Play")

    # The reload: nothing of either is there, and the page says why.
    for person, whom in (("officer", "the officer"), ("victim", "her")):
        missing = f"Nothing was received from {whom}: page closed"
        moment(player, "gap", missing).first.click()
        expect(words_over(player, person)).to_have_text(f"{missing}.")
        expect(page.locator(f"#video-{person}")).to_be_hidden()
    assert_accessible(page)

    # Through the gap by itself, and the second take is there.
    gap = moment(player, "gap", "Nothing was received from her: page closed").first
    keys.press("Space")
    page.wait_for_function(_BOTH_RUN_FROM, arg=seconds(gap) + 0.5)
    expect(words_over(player, "victim")).to_have_text("")
    assert is_hers(player.sees("video-victim"))
    assert is_the_officers(player.sees("video-officer"))
    hers, his = page.evaluate(_CLOCKS)
    assert abs(hers - his) < 0.3
    keys.press("Space")


def test_by_keys_alone(player: Person) -> None:
    page = player.page
    keys = page.keyboard
    places = page.locator(".player__moment")
    for number in range(places.count()):
        keys.press("n")
        if number and seconds(places.nth(number)) == seconds(places.nth(number - 1)):
            continue
        expect(page.locator(".player__moment[aria-current]")).to_have_count(1)
    last = max(seconds(place) for place in places.all())
    # Two places a few milliseconds apart are one to jump to.
    page.wait_for_function(
        "(last) => Math.abs(document.getElementById('position').value - last) < 0.2", arg=last
    )
    keys.press("p")
    assert float(page.locator("#position").input_value()) < last
    keys.press("ArrowLeft")
    keys.press("s")
    expect(page.locator("[data-person=officer]")).to_have_attribute("data-place", "large")
    twice = page.locator("[data-speed='2']")
    twice.press("Enter")
    expect(twice).to_have_attribute("aria-pressed", "true")
    # The arrows of a volume are its own.
    before = page.locator("#position").input_value()
    volume = page.get_by_label("Volume: Victim")
    volume.press("ArrowLeft")
    expect(volume).to_have_js_property("value", "95")
    assert page.locator("#position").input_value() == before
    page.reload(wait_until="domcontentloaded")
    log = page.get_by_role("region", name="Custody log")
    for what in ("Begun", "Marked: Injury shown", "Call ended", "Opened", "Played"):
        expect(log).to_contain_text(what)
