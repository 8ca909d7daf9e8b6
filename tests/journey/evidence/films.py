"""Films as a recorder writes them: WebM without length or index, cut anywhere."""

from __future__ import annotations

import array
import io
import math
from fractions import Fraction
from functools import cache
from typing import cast

import av
from av.video.stream import VideoStream

WIDTH, HEIGHT, HERTZ = 64, 48, 48_000
# One colour a second: luma and the two chromas of red, green and blue.
COLOURS = ((81, 90, 240), (145, 54, 34), (41, 240, 110))


@cache
def film(seconds: float = 4, *, codec: str = "libvpx", rate: int = 10) -> bytes:
    """A film of red, green, blue and again, a second each, with a tone; as a browser streams it."""
    written = io.BytesIO()
    with av.open(_Stream(written), "w", format="matroska") as container:
        picture = cast("VideoStream", container.add_stream(codec, rate=rate))
        picture.width, picture.height, picture.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        picture.gop_size = rate
        sound = container.add_stream("libopus", rate=HERTZ)
        sound.layout = "mono"
        for number in range(int(seconds * rate)):
            container.mux(picture.encode(_picture(number, rate)))
            container.mux(sound.encode(_tone(number, HERTZ // rate)))
        container.mux(picture.encode(None))
        container.mux(sound.encode(None))
    return written.getvalue()


def _picture(number: int, rate: int) -> av.VideoFrame:
    frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
    for plane, value in zip(frame.planes, COLOURS[number // rate % 3], strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    frame.pts, frame.time_base = number, Fraction(1, rate)
    return frame


def _tone(number: int, samples: int) -> av.AudioFrame:
    frame = av.AudioFrame(format="s16", layout="mono", samples=samples)
    wave = (int(8000 * math.sin(0.05 * each)) for each in range(samples))
    frame.planes[0].update(
        array.array("h", wave).tobytes().ljust(frame.planes[0].buffer_size, b"\0")
    )
    frame.sample_rate, frame.pts = HERTZ, number * samples
    frame.time_base = Fraction(1, HERTZ)
    return frame


class _Stream:
    """To be written to and nothing else: length and index stay unwritten."""

    def __init__(self, target: io.BytesIO) -> None:
        self.write = target.write


def cut(content: bytes, pieces: int) -> list[bytes]:
    """The content in so many pieces, wherever they fall."""
    size = -(-len(content) // pieces)
    return [content[at : at + size] for at in range(0, len(content), size)]
