"""The people of a journey, each with a browser context of her own, in the words of the story."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import BrowserContext, Page

from tests.journeys.reading import FRAMES, MORE_FRAMES, Seen
from tests.running_demo import Demo


@dataclass
class Person:
    page: Page
    demo: Demo

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def sees(self, video: str = "remote-video") -> Seen:
        return Seen.read(self.page.evaluate(FRAMES, video))

    def waits_for_picture(self, *, more: int = 10, within: float = 30) -> Seen:
        """Waits until `more` further frames of the other side have been decoded."""
        before = self.sees().frames
        self.page.wait_for_function(MORE_FRAMES, arg=[more, before], timeout=within * 1000)
        return self.sees()
