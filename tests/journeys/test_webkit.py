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


@pytest.mark.parametrize(
    "options", [CAMERA, NO_CAMERA, NO_WAY_TO_A_CAMERA], ids=["camera", "no camera", "no way to one"]
)
def test_a_browser_that_cannot_do_video_is_told_so_at_once(
    demo: Demo, tmp_path: Path, options: tuple[str, ...]
) -> None:
    with webkit_phone(tmp_path, *options) as phone:
        phone.opens(link_of(demo, invited(demo)))
        is_laid_out(phone)
        phone.taps("Continue")
        phone.reads("This browser cannot do video")
        is_laid_out(phone)
        phone.taps("Exit this page")
        phone.reads("No appointments")
        is_laid_out(phone)
        assert phone.cookies() == []
