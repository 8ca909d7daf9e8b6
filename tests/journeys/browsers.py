"""Real browsers for the people of a journey, each with a camera of one colour.

The two sides have cameras of different colours, so that a test can tell whose picture arrived.
"""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Playwright

WIDTH, HEIGHT = 320, 240
# Luma and the two colour differences, as a camera delivers them.
GREEN, BLUE, RED = (145, 54, 34), (41, 240, 110), (82, 90, 240)
# Chromium obeys the last list of these only, so Playwright's own stand here again; and the pages
# that a window draws for its address bar, which cost as much as two of ours, and nobody sees.
SWITCHED_OFF = (
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxPopup",
)
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
FLAGS = (
    "--headless=new",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    f"--disable-features={','.join(SWITCHED_OFF)}",
)


def chromium() -> str:
    path = shutil.which("chromium")
    assert path, "Debian's chromium is missing: `make test` installs it (apt-get install chromium)."
    return path


def solid_film(path: Path, colour: tuple[int, int, int]) -> Path:
    """A film of one colour."""
    return changing_film(path, colour)


def changing_film(path: Path, *colours: tuple[int, int, int]) -> Path:
    """A film of one colour a second, as the fake camera reads it (YUV4MPEG2, 4:2:0)."""
    quarter = WIDTH * HEIGHT // 4
    film = [f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F20:1 Ip A1:1 C420jpeg\n".encode()]
    for luma, blue, red in colours:
        frame = bytes([luma]) * (WIDTH * HEIGHT) + bytes([blue]) * quarter + bytes([red]) * quarter
        film.append((b"FRAME\n" + frame) * 20)
    path.write_bytes(b"".join(film))
    return path


def moving_film(path: Path, colour: tuple[int, int, int]) -> Path:
    """A film of one colour as a hand-held phone would take it: it moves, and no two are alike.

    Twice as wide and as high as the others. What stands still weighs nothing, on any network.
    """
    width, height, still = 2 * WIDTH, 2 * HEIGHT, random.Random(7)
    luma, blue, red = colour
    texture = [[still.randrange(-12, 13) for _ in range(40)] for _ in range(30)]
    film = [f"YUV4MPEG2 W{width} H{height} F20:1 Ip A1:1 C420jpeg\n".encode()]
    for number in range(40):
        shift = 2 * abs(number - 20)
        film.append(b"FRAME\n")
        for row in range(height):
            blocks = texture[(row + shift) // 16 % 30]
            film.append(
                bytes(
                    max(0, luma + blocks[(column + shift) // 16 % 40] + still.getrandbits(2))
                    for column in range(width)
                )
            )
        film.append(bytes([blue]) * (WIDTH * HEIGHT) + bytes([red]) * (WIDTH * HEIGHT))
    path.write_bytes(b"".join(film))
    return path


def launch(
    playwright: Playwright,
    film: Path | None = None,
    *flags: str,
    program: str | None = None,
    without: tuple[str, ...] = (),
) -> Browser:
    """A browser whose camera shows `film`; `program` is started in place of Chromium itself.

    `without` names flags of FLAGS that it is not to have.
    """
    # Playwright's own headless mode is another program; Debian's browser has its own.
    return playwright.chromium.launch(
        executable_path=program or chromium(),
        headless=False,
        args=[each for each in _arguments(film, flags) if each not in without],
    )


def launch_kept(playwright: Playwright, profile: Path, film: Path) -> BrowserContext:
    """A browser that keeps what it has in `profile`, whoever ends it: a desk in the video hub."""
    return playwright.chromium.launch_persistent_context(
        profile,
        executable_path=chromium(),
        headless=False,
        args=_arguments(film, ()),
        viewport={"width": DESK["width"], "height": DESK["height"]},
        permissions=["camera", "microphone"],
    )


def _arguments(film: Path | None, flags: tuple[str, ...]) -> list[str]:
    arguments = [*FLAGS, *flags]
    if film:
        arguments.append(f"--use-file-for-fake-video-capture={film}")
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    return arguments


def phone_context(browser: Browser, **otherwise: Any) -> BrowserContext:
    """A phone that nobody has used yet, and whose owner allows camera and microphone."""
    ordinary: dict[str, Any] = {
        "viewport": {"width": PHONE["width"], "height": PHONE["height"]},
        "permissions": ["camera", "microphone"],
        "has_touch": True,
        "is_mobile": True,
        "device_scale_factor": 2,
    }
    return browser.new_context(**ordinary | otherwise)


def desk_context(browser: Browser) -> BrowserContext:
    """A wide screen in the control room or the video hub, signed in to nothing yet."""
    return browser.new_context(
        viewport={"width": DESK["width"], "height": DESK["height"]},
        permissions=["camera", "microphone"],
    )
