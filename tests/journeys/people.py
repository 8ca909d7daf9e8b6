"""The people of a journey, each with a browser context of her own, in the words of the story."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, Page

from tests.running_demo import Demo

# Read in the page: what the decoder has really delivered, never what a style says.
_FRAMES = """(id) => {
  const video = document.getElementById(id);
  if (!video || !video.videoWidth) return {frames: 0, width: 0, colour: [0, 0, 0]};
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 8;
  const drawing = canvas.getContext("2d", {willReadFrequently: true});
  drawing.drawImage(video, 0, 0, 8, 8);
  const [red, green, blue] = drawing.getImageData(4, 2, 1, 1).data;
  return {
    frames: video.getVideoPlaybackQuality().totalVideoFrames,
    width: video.videoWidth,
    colour: [red, green, blue],
  };
}"""


@dataclass
class Seen:
    """What one <video> shows: frames decoded so far, width in pixels, colour near the middle."""

    frames: int
    width: int
    colour: tuple[int, int, int]


@dataclass
class Person:
    page: Page
    demo: Demo

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def sees(self, video: str = "remote-video") -> Seen:
        found: dict[str, Any] = self.page.evaluate(_FRAMES, video)
        red, green, blue = found["colour"]
        return Seen(found["frames"], found["width"], (red, green, blue))

    def waits_for_picture(self, *, more: int = 10, within: float = 30) -> Seen:
        """Waits until `more` further frames of the other side have been decoded."""
        before = self.sees().frames
        self.page.wait_for_function(
            """([more, before]) => {
              const video = document.getElementById("remote-video");
              const quality = video && video.getVideoPlaybackQuality();
              if (!quality) return false;
              // A reload, or a new stream, counts from the beginning again.
              const base = quality.totalVideoFrames < before ? 0 : before;
              return video.videoWidth > 0 && quality.totalVideoFrames >= base + more;
            }""",
            arg=[more, before],
            timeout=within * 1000,
        )
        return self.sees()
