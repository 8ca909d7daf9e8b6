"""What a test reads in a page, whichever browser has drawn it: functions of JavaScript."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# What the decoder of one <video> has really delivered, never what a style says.
FRAMES = """(id) => {
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

# Whether so many frames of the other side have been decoded since `before`.
MORE_FRAMES = """([more, before]) => {
  const video = document.getElementById("remote-video");
  const quality = video && video.getVideoPlaybackQuality();
  if (!quality) return false;
  // A reload, or a new stream, counts from the beginning again.
  const base = quality.totalVideoFrames < before ? 0 : before;
  return video.videoWidth > 0 && quality.totalVideoFrames >= base + more;
}"""

# The same once `more` further frames have been put on the screen: Firefox counts no decoded frames
# of a stream, but tells of each that it shows.
NEXT_FRAMES = f"""(id, more) => new Promise((done) => {{
  const video = document.getElementById(id);
  const next = () => video.requestVideoFrameCallback((_, {{ presentedFrames }}) =>
    more-- > 1 ? next() : done({{ ...({FRAMES})(id), frames: presentedFrames }}));
  next();
}})"""

# Whether there is a button or a link that can be pressed, by the words on it.
PRESSABLE = """(name) => [...document.querySelectorAll("button, a[href]")].some((each) =>
  each.getClientRects().length > 0 && !each.disabled &&
  (each.getAttribute("aria-label") ?? each.textContent.trim()) === name)"""

# Whether the page that is shown has this heading.
HEADED = """(words) => [...document.querySelectorAll("h1")].some((each) =>
  each.getClientRects().length > 0 && each.textContent.trim() === words)"""


@dataclass
class Seen:
    """What one <video> shows: frames decoded so far, width in pixels, colour near the middle."""

    frames: int
    width: int
    colour: tuple[int, int, int]

    @classmethod
    def read(cls, found: dict[str, Any]) -> Seen:
        """From what `FRAMES` returns."""
        red, green, blue = found["colour"]
        return cls(found["frames"], found["width"], (red, green, blue))
