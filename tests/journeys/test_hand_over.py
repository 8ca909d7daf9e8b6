"""From the phone call to the video call: she opens the page while she still talks to us."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.axe import assert_accessible
from tests.journeys.people import Person
from tests.journeys.planes import on_both_planes
from tests.journeys.steps import (
    answer_button,
    both_see_each_other,
    checks_in,
    leaves,
    opens_her_link,
    until,
)

pytestmark = on_both_planes

STILL = "She is still on the phone: she cannot hear you yet"
AGAIN = "Her microphone has stopped, as in a phone call"

# What her page has of the microphone, and whether the officer's sound is let out.
_SOUND = """() => {
  const remote = document.getElementById("remote-video");
  const own = document.getElementById("self-video").srcObject;
  return {microphone: own.getAudioTracks().length, silent: remote.muted};
}"""
# The sound that arrives at the officer, added up by the browser itself: 0 where nothing is sent.
_HEARD = """() => {
  const heard = window.heard ??= (() => {
    const context = new AudioContext(), analyser = context.createAnalyser();
    const stream = document.getElementById("remote-video").srcObject;
    context.createMediaStreamSource(stream).connect(analyser);
    return {context, analyser};
  })();
  const samples = new Float32Array(heard.analyser.fftSize);
  heard.analyser.getFloatTimeDomainData(samples);
  return Math.max(...samples.map(Math.abs)) > 0.01;
}"""


@pytest.fixture
def phone(phone: Person) -> Iterator[Person]:
    """Her phone; whatever step the story leaves her at, she goes."""
    yield phone
    leaves(phone)


def _checks_in_on_the_phone(phone: Person) -> str:
    reference = opens_her_link(phone)
    phone.page.get_by_role("button", name="Continue").click()
    phone.page.get_by_role("button", name="Yes: turn on the camera").click()
    phone.page.get_by_role("button", name="I am ready").click()
    expect(phone.page.get_by_role("heading", name="An officer will appear here")).to_be_visible()
    return reference


def _is_answered(phone: Person, officer: Person) -> None:
    expect(answer_button(officer)).to_be_visible()
    officer.page.keyboard.press("Enter")
    both_see_each_other(phone, officer)


def _taken(phone: Person) -> None:
    """A telephone call takes the microphone. No browser can be called up, so the track is told."""
    phone.page.evaluate(
        """() => {
          const [track] = document.getElementById("self-video").srcObject.getAudioTracks();
          Object.defineProperty(track, "muted", {value: true, configurable: true});
          track.dispatchEvent(new Event("mute"));
        }"""
    )


# The phone call holds the microphone: what Android answers then, for as long as `held`.
_HELD = """() => {
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  window.held = true;
  navigator.mediaDevices.getUserMedia = (wanted) => window.held && wanted.audio
    ? Promise.reject(new DOMException("", "NotReadableError")) : real(wanted);
}"""


def _words(officer: Person) -> Locator:
    return officer.page.locator("#stage-words")


def test_camera_first_then_the_sound_by_one_tap(phone: Person, officer: Person) -> None:
    reference = _checks_in_on_the_phone(phone)
    page = phone.page
    expect(page.locator("#camera-is-on")).to_contain_text("Stay on the phone with us")
    assert_accessible(page)
    _is_answered(phone, officer)
    expect(page.get_by_role("heading", name="You can end the phone call now")).to_be_focused()
    expect(_words(officer)).to_contain_text(STILL)
    expect(_words(officer)).not_to_contain_text("Her sound is off")
    assert page.evaluate(_SOUND) == {"microphone": 0, "silent": True}
    assert not officer.page.evaluate(_HEARD)
    assert_accessible(page)

    # Coming back after a reload, she is where she was.
    page.reload(wait_until="domcontentloaded")
    both_see_each_other(phone, officer)
    assert page.evaluate(_SOUND) == {"microphone": 0, "silent": True}
    expect(_words(officer)).to_contain_text(STILL)

    page.get_by_role("button", name="I have ended the phone call").click()
    expect(page.locator("#hand-over")).to_be_hidden()
    expect(_words(officer)).to_contain_text("She has ended the phone call")
    expect(_words(officer)).not_to_contain_text("She")
    assert page.evaluate(_SOUND) == {"microphone": 1, "silent": False}
    officer.page.evaluate("delete window.heard")
    officer.page.wait_for_function(_HEARD)
    on_phone = "SELECT on_phone FROM invitation_invitation i JOIN cases_case c ON c.id = i.case_id"
    until(
        phone.demo, f"{on_phone} WHERE reference = %s", reference, holds=lambda r: r == [(False,)]
    )


def test_whoever_writes_is_not_asked_for_the_sound(phone: Person, officer: Person) -> None:
    _checks_in_on_the_phone(phone)
    _is_answered(phone, officer)
    page, down = phone.page, phone.page.locator("#rung-down")
    for further in ("Sound only", "Write instead", "Ring me back"):
        expect(page.locator("#hand-over")).to_be_visible()
        down.click()
        expect(down).to_have_text(further)
    expect(page.locator("#hand-over")).to_be_hidden()
    page.get_by_role("button", name="Video again").click()
    expect(page.locator("#hand-over")).to_be_visible()
    both_see_each_other(phone, officer)
    assert page.evaluate(_SOUND) == {"microphone": 0, "silent": True}


def test_a_microphone_that_the_phone_call_holds(phone: Person, officer: Person) -> None:
    """She has said no, and is in the phone call all the same."""
    reference = opens_her_link(phone)
    page = phone.page
    page.get_by_role("button", name="Continue").click()
    page.evaluate(_HELD)
    page.get_by_role("button", name="No: turn on camera and sound").click()
    expect(page.locator("p[data-with]:visible")).to_contain_text("Stay on the phone with us")
    page.get_by_role("button", name="I am ready").click()
    _is_answered(phone, officer)
    expect(_words(officer)).to_contain_text(STILL)
    on_phone = "SELECT on_phone FROM invitation_invitation i JOIN cases_case c ON c.id = i.case_id"
    until(phone.demo, f"{on_phone} WHERE reference = %s", reference, holds=lambda r: r == [(True,)])
    sound_on = page.get_by_role("button", name="I have ended the phone call")
    sound_on.click()
    expect(page.locator("#hand-over-problem")).to_contain_text("End it, then tap again.")
    assert page.evaluate(_SOUND) == {"microphone": 0, "silent": True}
    page.evaluate("window.held = false")
    sound_on.click()
    expect(page.locator("#hand-over")).to_be_hidden()
    assert page.evaluate(_SOUND) == {"microphone": 1, "silent": False}
    expect(_words(officer)).not_to_contain_text(STILL)


def test_a_call_that_comes_in_later(phone: Person, officer: Person) -> None:
    checks_in(phone)
    _is_answered(phone, officer)
    page = phone.page
    sheet = page.get_by_role("group", name="The officer cannot hear you")
    expect(sheet).to_be_hidden()

    _taken(phone)
    expect(sheet).to_be_visible()
    expect(_words(officer)).to_contain_text(AGAIN)
    assert_accessible(page)
    page.get_by_role("button", name="Turn the sound on").click()
    expect(sheet).to_be_hidden()
    expect(_words(officer)).not_to_contain_text(AGAIN)
    officer.page.wait_for_function(_HEARD)

    # One that she does not take up: the phone gives the microphone back by itself.
    _taken(phone)
    expect(sheet).to_be_visible()
    page.evaluate(
        """() => {
          const [track] = document.getElementById("self-video").srcObject.getAudioTracks();
          delete track.muted;
          track.dispatchEvent(new Event("unmute"));
        }"""
    )
    expect(sheet).to_be_hidden()

    _taken(phone)
    page.get_by_role("button", name="Go on without sound").click()
    expect(sheet).to_be_hidden()
    expect(_words(officer)).to_contain_text("Her sound is off")
    expect(_words(officer)).not_to_contain_text(AGAIN)


def test_what_an_interruption_stops_goes_on(phone: Person, officer: Person) -> None:
    """iPhones interrupt a page's sound, and stop the picture that it goes with."""
    phone.page.add_init_script(
        """(() => {
          const Real = window.AudioContext;
          window.AudioContext = class extends Real {
            constructor() { super(); window.sound = this; }
          };
        })()"""
    )
    checks_in(phone)
    _is_answered(phone, officer)
    page = phone.page
    paused = "() => document.getElementById('remote-video').paused"
    sheet = page.get_by_role("group", name="The officer cannot hear you")
    page.evaluate("document.getElementById('remote-video').pause()")
    page.wait_for_function(f"() => !({paused})()")
    expect(sheet).to_be_hidden()

    # Only WebKit does it, and only for a call: its word for the state, told as it tells it.
    page.evaluate(
        """() => {
          Object.defineProperty(window.sound, "state", {value: "interrupted", configurable: true});
          window.sound.dispatchEvent(new Event("statechange"));
        }"""
    )
    expect(sheet).to_be_visible()
    # Afterwards it lets nothing play before a tap.
    page.evaluate(
        """() => {
          const remote = document.getElementById("remote-video");
          remote.play = () => Promise.reject(new DOMException("", "NotAllowedError"));
          remote.pause();
        }"""
    )
    page.evaluate(
        "() => { delete window.sound.state; delete document.getElementById('remote-video').play; }"
    )
    page.get_by_role("button", name="Turn the sound on").click()
    expect(sheet).to_be_hidden()
    page.wait_for_function(f"() => !({paused})()")
    both_see_each_other(phone, officer)
