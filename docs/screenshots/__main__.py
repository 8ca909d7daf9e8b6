"""`make screenshots`: the pictures of README and docs, from the real pages in a real call."""

from __future__ import annotations

import base64
import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parent)]

from films import CALLER, OFFICER, film  # noqa: E402

from tests.journeys.browsers import desk_context, launch, phone_context  # noqa: E402
from tests.journeys.given import eligible  # noqa: E402
from tests.journeys.people import Person  # noqa: E402
from tests.running_demo import Demo  # noqa: E402

PICTURES = Path(__file__).resolve().parents[1] / "pictures"


class Scene:
    """A control room, a phone and an officer desk on a running demo."""

    def __init__(self, demo: Demo, her: Browser, staff: Browser) -> None:
        self.demo = demo
        self.room = self.seat(staff, "control-room")
        self.desk = self.seat(staff, "officer")
        self.phone = phone_context(her).new_page()

    def take(self, name: str, page: Page) -> Path:
        path = PICTURES / f"{name}.png"
        page.screenshot(path=path)
        print(path.relative_to(PICTURES.parent.parent))
        return path

    def play(self) -> None:
        """From the offer to the middle of the call, a picture of each page on the way."""
        phone, desk, room = self.phone, self.desk, self.room
        desk.get_by_role("button", name="Go on duty").click()
        desk.wait_for_function("() => document.getElementById('self-video').videoWidth > 0")
        reference = eligible(self.demo, 1, caller_name="Demo Caller H")[0]
        self._go(room, f"/control-room/reports/{reference}/")
        room.get_by_role("button", name="Accepts").wait_for()
        self.take("control-room", room)
        room.get_by_role("button", name="Accepts").click()
        self._go(phone, "/demo/phone/")
        phone.locator("a[href*='/s/']").last.wait_for()
        self.take("phone-text", phone)
        phone.locator("a[href*='/s/']").last.click()
        phone.get_by_role("button", name="Continue").wait_for()
        self.take("phone-hello", phone)
        phone.get_by_role("button", name="Continue").click()
        phone.locator("#open-camera").wait_for()
        self.take("phone-camera", phone)
        phone.click("#open-camera")
        phone.locator("#ready").wait_for()
        self.take("phone-ready", phone)
        phone.click("#ready")
        phone.locator("#waiting-since").wait_for()
        desk.locator("#answer").wait_for()
        self.take("phone-waiting", phone)
        self.take("officer-desk-ringing", desk)
        desk.click("#answer")
        for page in (phone, desk):
            Person(page, self.demo).waits_for_picture(more=40)
        room.get_by_text("You may clear the line").first.wait_for()

    def seat(self, staff: Browser, slug: str) -> Page:
        page = desk_context(staff).new_page()
        self._go(page, f"/demo/as/{slug}")
        return page

    def _go(self, page: Page, path: str) -> None:
        page.goto(f"http://localhost:{self.demo.port}{path}", wait_until="domcontentloaded")


def side_by_side(browser: Browser, pictures: list[tuple[Path, int]]) -> None:
    """One picture of several, each at a width in pixels."""
    images = "".join(
        f'<img width="{width}" src="data:image/png;base64,'
        f'{base64.b64encode(path.read_bytes()).decode()}">'
        for path, width in pictures
    )
    style = (
        "body{display:flex;gap:24px;align-items:center;margin:0;padding:24px;background:#dfe5ec}"
        "img{border-radius:10px;box-shadow:0 4px 18px #0004}"
    )
    total = sum(width for _, width in pictures) + 24 * (len(pictures) + 1)
    page = browser.new_page(viewport={"width": total, "height": 620}, device_scale_factor=1)
    page.set_content(f"<style>{style}</style><body>{images}</body>")
    page.wait_for_function("() => [...document.images].every((image) => image.complete)")
    page.screenshot(path=PICTURES / "call.png")
    page.close()


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        place = Path(directory)
        place.chmod(0o711)
        with sync_playwright() as playwright, Demo(place / "data") as demo:
            demo.until_ready()
            her = launch(playwright, film(place / "caller.y4m", CALLER))
            staff = launch(playwright, film(place / "officer.y4m", OFFICER))
            scene = Scene(demo, her, staff)
            scene.play()
            room = scene.take("control-room-answered", scene.room)
            phone = scene.take("phone-call", scene.phone)
            desk = scene.take("officer-desk", scene.desk)
            side_by_side(staff, [(room, 860), (phone, 250), (desk, 860)])
            board = scene.seat(staff, "supervisor")
            board.get_by_role("heading").first.wait_for()
            scene.take("supervisor", board)
            her.close()
            staff.close()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openrvr.config.settings")
    main()
