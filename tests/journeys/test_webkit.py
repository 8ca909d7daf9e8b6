"""Her pages in WebKit, the engine of every iPhone: how they are laid out, and what becomes of the
question about the camera.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.given import invited
from tests.journeys.layout import assert_laid_out
from tests.journeys.steps import link_of
from tests.journeys.webkit import (
    CAMERA,
    NO_CAMERA,
    NO_WAY_TO_A_CAMERA,
    WebKitPhone,
    webkit_phone,
)
from tests.running_demo import Demo

# The narrowest phones that are about (iPhone SE of 2016), and what most have.
SIZES = ((320, 568), (390, 844))


def is_laid_out(phone: WebKitPhone) -> None:
    for size in SIZES:
        phone.is_sized(*size)
        assert_laid_out(phone.run)


def test_every_page_before_the_call_fits_a_phone(demo: Demo, tmp_path: Path) -> None:
    with webkit_phone(tmp_path, *CAMERA) as phone:
        phone.opens(link_of(demo, invited(demo)))
        is_laid_out(phone)
        phone.taps("Continue")
        phone.reads("Camera and sound")
        is_laid_out(phone)
        phone.taps("Turn on camera and sound")
        phone.reads("This is how you will be seen")
        phone.waits_for("() => document.getElementById('preview').videoWidth > 0")
        is_laid_out(phone)
        phone.taps("I am ready")
        phone.reads("An officer will appear here")
        is_laid_out(phone)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (NO_CAMERA, "No camera or microphone was found on this device."),
        (NO_WAY_TO_A_CAMERA, "This page cannot use the camera"),
    ],
    ids=["none there", "none allowed to any page"],
)
def test_a_camera_that_does_not_open_is_explained(
    demo: Demo, tmp_path: Path, options: tuple[str, ...], sentence: str
) -> None:
    with webkit_phone(tmp_path, *options) as phone:
        phone.opens(link_of(demo, invited(demo)))
        phone.taps("Continue")
        phone.taps("Turn on camera and sound")
        phone.waits_for(
            "(words) => document.getElementById('camera-problem').textContent.startsWith(words)",
            sentence,
        )
        is_laid_out(phone)
        phone.taps("Exit this page")
        phone.reads("No appointments")
        is_laid_out(phone)
        assert phone.cookies() == []
