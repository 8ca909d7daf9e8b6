"""`make screenshots`: the pictures of README and docs, from the real pages in a real call."""

from __future__ import annotations

import base64
import os
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parent)]

from films import CALLER, OFFICER, film  # noqa: E402

from tests.journeys.browsers import desk_context, launch  # noqa: E402
from tests.journeys.demos import ORDINARY  # noqa: E402
from tests.journeys.given import eligible, invited  # noqa: E402
from tests.journeys.her_pages import (  # noqa: E402
    IN_THE_CALL,
    TO_THE_CALL,
    WAYS,
    HerPage,
    Visit,
    Way,
)
from tests.journeys.people import Person  # noqa: E402
from tests.journeys.steps import goes_home, goes_on_duty, link_of  # noqa: E402
from tests.running_demo import Demo  # noqa: E402

PICTURES = Path(__file__).resolve().parents[1] / "pictures"


class Scene:
    """A control room, a phone and an officer desk on a running demo."""

    def __init__(self, demo: Demo, her: Browser, staff: Browser) -> None:
        self.demo = demo
        self.her = her
        self.staff = staff
        self.call_taker = self.seat("control-room")
        self.officer = self.seat("officer")

    def take(self, name: str, page: Page) -> Path:
        path = PICTURES / f"{name}.png"
        page.screenshot(path=path)
        small(path)
        print(path.relative_to(PICTURES.parent.parent), flush=True)
        return path

    def play(self) -> None:
        """From the offer to the end of the call, a picture of each page on the way."""
        room, desk = self.call_taker.page, self.officer.page
        goes_on_duty(self.officer)
        reference = eligible(self.demo, 1, caller_name="Demo Caller H")[0]
        self._go(room, f"/control-room/reports/{reference}/")
        room.get_by_role("button", name="Accepts").wait_for()
        self.take("control-room", room)
        room.get_by_role("button", name="Accepts").click()
        visit = self.visit(reference, Way(TO_THE_CALL), at="/demo/phone/")
        visit.phone.locator("a[href*='/s/']").last.wait_for()
        self.take("phone-text", visit.phone)
        visit.phone.locator("a[href*='/s/']").last.click()
        self.pictures(visit, TO_THE_CALL)
        desk.locator("#answer").wait_for()
        self.take("officer-desk-ringing", desk)
        self.pictures(visit, IN_THE_CALL[:1])
        room.locator("#verdict").get_by_text("you may clear the line").wait_for()
        answered = self.take("control-room-answered", room)
        in_call = self.take("officer-desk", desk)
        call = PICTURES / f"{IN_THE_CALL[0].name}.png"
        side_by_side(self.staff, [(answered, 860), (call, 250), (in_call, 860)])
        board = self.seat("supervisor").page
        board.get_by_role("heading").first.wait_for()
        self.take("supervisor", board)
        self.pictures(visit, IN_THE_CALL[1:])
        goes_home(self.officer)

    def go(self, way: Way, language: str) -> None:
        """All of it, behind a link that is sent to somebody who speaks that language."""
        goes_on_duty(self.officer)
        reference = invited(self.demo, caller_name="Demo Caller H", language=language)
        visit = self.visit(reference, way, at=urlsplit(link_of(self.demo, reference)).path)
        self.pictures(visit, way.pages, language)
        visit.phone.context.close()
        goes_home(self.officer)

    def pictures(self, visit: Visit, pages: tuple[HerPage, ...], language: str = "en") -> None:
        for page in pages:
            page.reach(visit)
            self.take(page.name if language == "en" else f"{page.name}.{language}", visit.phone)

    def visit(self, reference: str, way: Way, *, at: str) -> Visit:
        phone = way.phone(self.her)
        self._go(phone, at)
        seats = {"officer": self.officer, "control-room": self.call_taker}
        return Visit(phone, reference, seats.__getitem__)

    def seat(self, slug: str) -> Person:
        page = desk_context(self.staff).new_page()
        self._go(page, f"/demo/as/{slug}")
        return Person(page, self.demo)

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
    small(PICTURES / "call.png")
    page.close()


def small(path: Path) -> None:
    """Pages have few colours: a third of the bytes shows the same."""
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


def gallery() -> None:
    """docs/pictures/README.md: her pages in the order in which she comes to them."""
    names = [page.name for way in WAYS for page in way.pages]
    shown = "\n".join(f'<img src="{name}.png" alt="{name}" width="230">' for name in names)
    (PICTURES / "README.md").write_text(f"# Her pages\n\nMade by `make screenshots`.\n\n{shown}\n")


def main(languages: list[str]) -> None:
    """All pictures in English, and her own pages in each of `languages` besides."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        place = Path(directory)
        place.chmod(0o711)
        # Of a force that leaves her at our own harmless page: no other site is reached.
        policy = place / "policy.toml"
        policy.write_text(ORDINARY)
        os.environ["OPENRVR_POLICY"] = str(policy)
        with sync_playwright() as playwright, Demo(place / "data") as demo:
            demo.until_ready()
            her = launch(playwright, film(place / "caller.y4m", CALLER))
            staff = launch(playwright, film(place / "officer.y4m", OFFICER))
            scene = Scene(demo, her, staff)
            scene.play()
            for way in WAYS[1:]:
                scene.go(way, "en")
            for language in languages:
                for way in WAYS:
                    scene.go(way, language)
            her.close()
            staff.close()
    gallery()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openrvr.config.settings")
    main(sys.argv[1:])
