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
TICKS = 10_000  # a second
# One colour a second: luma and the two chromas of red, green and blue.
COLOURS = ((81, 90, 240), (145, 54, 34), (41, 240, 110))


@cache
def film(
    seconds: float = 4, *, codec: str = "libvpx", rate: int = 10, hurried: bool = False
) -> bytes:
    """A film of red, green, blue and again, a second each, with a tone; as a browser streams it.

    `hurried`: the sixth picture comes in the same millisecond as the fifth.
    """
    written = io.BytesIO()
    with av.open(_Stream(written), "w", format="matroska") as container:
        picture = cast("VideoStream", container.add_stream(codec, rate=rate))
        picture.width, picture.height, picture.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        picture.gop_size = rate
        picture.codec_context.time_base = Fraction(1, TICKS)
        picture.codec_context.max_b_frames = (
            0  # As a browser's encoder, which has no time for them.
        )
        sound = container.add_stream("libopus", rate=HERTZ)
        sound.layout = "mono"
        for number in range(int(seconds * rate)):
            ticks = number * TICKS // rate - (TICKS // rate - 1 if hurried and number == 5 else 0)
            container.mux(picture.encode(_picture(COLOURS[number // rate % 3], ticks)))
            container.mux(sound.encode(_tone(number, HERTZ // rate)))
        container.mux(picture.encode(None))
        container.mux(sound.encode(None))
    return written.getvalue()


def _picture(colour: tuple[int, int, int], ticks: int) -> av.VideoFrame:
    frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
    for plane, value in zip(frame.planes, colour, strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    frame.pts, frame.time_base = ticks, Fraction(1, TICKS)
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
