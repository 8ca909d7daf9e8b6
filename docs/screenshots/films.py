"""What the cameras of the pictures see: a drawn figure, since nobody real is to be shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

WIDTH, HEIGHT = 640, 480
FRAMES = 10

Colour = tuple[int, int, int]  # red, green, blue


@dataclass(frozen=True)
class Figure:
    """Head and shoulders before a plain wall; `cap` for a uniformed officer."""

    wall: Colour
    skin: Colour
    hair: Colour
    clothes: Colour
    cap: Colour | None = None

    def at(self, x: float, y: float) -> Colour:
        """The colour at a point; (0, 0) is the middle of the picture, 1 half its height."""
        if self.cap and _inside(x, y, 0, -0.42, 0.27, 0.13) and y < -0.34:
            return self.cap
        if _inside(x, y, 0, -0.15, 0.22, 0.28):
            return self.skin if self.cap or y > -0.27 else self.hair
        if not self.cap and _inside(x, y, 0, -0.12, 0.29, 0.38) and y < 0.22:
            return self.hair
        if abs(x) < 0.09 and 0 < y < 0.3:
            return self.skin
        if _inside(x, y, 0, 0.95, 0.62, 0.75):
            return self.clothes
        return self.wall


OFFICER = Figure((205, 214, 222), (222, 184, 156), (60, 48, 40), (24, 34, 60), cap=(20, 26, 44))
CALLER = Figure((226, 214, 196), (190, 140, 108), (52, 36, 30), (74, 122, 120))


def film(path: Path, figure: Figure) -> Path:
    """A still film in the form that Chromium's fake camera reads (YUV4MPEG2, 4:2:0)."""
    luma = _plane(1, lambda x, y: _luma(figure.at(x, y)))
    blue = _plane(2, lambda x, y: _difference(figure.at(x, y), 2))
    red = _plane(2, lambda x, y: _difference(figure.at(x, y), 0))
    head = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F20:1 Ip A1:1 C420jpeg\n".encode()
    path.write_bytes(head + (b"FRAME\n" + luma + blue + red) * FRAMES)
    return path


def _plane(step: int, value: Callable[[float, float], int]) -> bytes:
    half = HEIGHT / 2
    return bytes(
        value((x - WIDTH / 2) / half, (y - half) / half)
        for y in range(0, HEIGHT, step)
        for x in range(0, WIDTH, step)
    )


def _inside(x: float, y: float, left: float, top: float, wide: float, high: float) -> bool:
    return ((x - left) / wide) ** 2 + ((y - top) / high) ** 2 <= 1


def _luma(colour: Colour) -> int:
    red, green, blue = colour
    return round(0.299 * red + 0.587 * green + 0.114 * blue)


def _difference(colour: Colour, channel: int) -> int:
    """Blue (2) or red (0) less the luma, as full-range JPEG has it."""
    scale = 0.564 if channel == 2 else 0.713
    return max(0, min(255, round(128 + scale * (colour[channel] - _luma(colour)))))
