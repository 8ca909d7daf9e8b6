"""A photograph's working copy, which tells nothing but the picture; and what its maker wrote in it.

The original stays the exhibit. The working copy is what is shown and sent on: a picture may carry
the address of a refuge.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms
from PIL.ExifTags import GPS, IFD, Base

QUALITY = 92
LARGEST = 60_000_000
"""Pixels. Less than where Pillow itself begins to warn of a bomb (89 million)."""
LONGEST = 100
"""Characters of what a camera is called."""

# EXIF 2.32, 4.6.4, "Orientation": what brings each back.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# What Pillow's readers raise for a damaged file, beside its own errors.
_DAMAGED = (OSError, SyntaxError, ValueError, struct.error)
# ISO/IEC 23008-12, annex A.2.1: EXIF is an item of its own, with this before its TIFF header.
_EXIF_IN_HEIC = re.compile(rb"Exif\0\0(?=II\*\0|MM\0\*)")
_LONGEST_EXIF = 65_536


@dataclass(frozen=True)
class _Way:
    """The one of Pillow's readers that may open a photograph, and the writer of its copy."""

    reader: str
    writer: str


_WAYS = {
    "image/jpeg": _Way("JPEG", "JPEG"),
    "image/png": _Way("PNG", "PNG"),
    "image/webp": _Way("WEBP", "JPEG"),
}
_READERS = tuple(way.reader for way in _WAYS.values())
_HEIC = ("image/heic", "image/heif")
# What PNG keeps as it is; other modes become RGB.
_PNG_MODES = ("1", "L", "LA", "I;16", "RGB", "RGBA")


class CannotCopy(Exception):
    """There is no working copy; the original is kept as it was sent. The sentence says why."""


class TooManyPixels(CannotCopy):
    def __init__(self) -> None:
        super().__init__(
            f"This picture has more than {LARGEST // 1_000_000} million pixels. "
            "The original is kept as it was sent."
        )


class Unreadable(CannotCopy):
    def __init__(self) -> None:
        super().__init__(
            "This picture is damaged and cannot be shown. The original is kept as it was sent."
        )


class NoDecoder(CannotCopy):
    def __init__(self, media_type: str) -> None:
        said = "HEIC, the format of iPhones," if media_type in _HEIC else media_type
        super().__init__(f"{said} cannot be shown here. The original is kept as it was sent.")


def working_copy(photograph: bytes, media_type: str) -> bytes:
    """The same picture without location, EXIF, XMP, thumbnails, comments or trailing data.

    Upright, in sRGB; of a moving picture the first. PNG for image/png, else JPEG (transparency on
    white). `media_type` is what `kind_of` said.

    Raises CannotCopy: NoDecoder for HEIC (Pillow has no decoder), TooManyPixels, Unreadable.
    """
    way = _WAYS.get(media_type)
    if way is None:
        raise NoDecoder(media_type)
    with _opened(photograph, (way.reader,)) as image:
        turn = _UPRIGHT.get(_orientation(image))
        upright = image.copy() if turn is None else image.transpose(turn)
        return _written(_in_srgb(upright), way.writer)


def particulars(photograph: bytes) -> dict[str, str]:
    """What the camera wrote, where it did and it makes sense; an empty dict where it did not.

    `taken_at`, ISO 8601, by the camera's clock (with its offset where that is known); `camera`;
    `latitude` and `longitude`, decimal degrees of WGS 84, north and east positive. Anybody can
    write these into a file: they are a lead, no proof.
    """
    try:
        exif = _exif(photograph)
        found = {
            "taken_at": _taken_at(exif),
            "camera": _camera(exif),
            **_position(exif.get_ifd(IFD.GPSInfo)),
        }
    except (CannotCopy, *_DAMAGED):
        # A damaged photograph tells nothing; that it is damaged is said by `working_copy`.
        return {}
    return {name: words for name, words in found.items() if words}


@contextmanager
def _opened(photograph: bytes, readers: tuple[str, ...]) -> Iterator[Image.Image]:
    try:
        with Image.open(BytesIO(photograph), formats=readers) as image:
            if image.width * image.height > LARGEST:
                raise TooManyPixels
            yield image
    except Image.DecompressionBombError as error:
        raise TooManyPixels from error
    except _DAMAGED as error:
        raise Unreadable from error


def _orientation(image: Image.Image) -> Any:
    try:
        return image.getexif().get(Base.Orientation)
    except _DAMAGED:
        # The picture can be seen all the same.
        return None


def _in_srgb(image: Image.Image) -> Image.Image:
    """With the colours that its profile means, since the profile itself goes."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in {"RGB", "RGBA", "CMYK"}:
        return image
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        given = ImageCms.ImageCmsProfile(BytesIO(profile))
        srgb = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, given, srgb, outputMode=mode)
    except (ImageCms.PyCMSError, *_DAMAGED):
        # Viewers pass over a profile that cannot be used, and so the colours stay what people see.
        return image
    return converted or image


def _written(image: Image.Image, writer: str) -> bytes:
    bare = _for_jpeg(image) if writer == "JPEG" else _for_png(image)
    # Pillow writes some of what it read (JPEG's comment) unless it is told to forget it.
    bare.info = {}
    content = BytesIO()
    bare.save(content, writer, quality=QUALITY)
    return content.getvalue()


def _for_jpeg(image: Image.Image) -> Image.Image:
    if image.has_transparency_data:
        seen = image.convert("RGBA")
        white = Image.new("RGBA", seen.size, "white")
        return Image.alpha_composite(white, seen).convert("RGB")
    return image.convert("L" if image.mode in {"1", "L"} else "RGB")


def _for_png(image: Image.Image) -> Image.Image:
    if image.mode in _PNG_MODES and "transparency" not in image.info:
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _exif(photograph: bytes) -> Image.Exif:
    if photograph[4:8] == b"ftyp":
        return _exif_in_heic(photograph)
    with _opened(photograph, _READERS) as image:
        return image.getexif()


def _exif_in_heic(photograph: bytes) -> Image.Exif:
    """Looked for by its header, since Pillow does not open HEIC."""
    exif = Image.Exif()
    found = _EXIF_IN_HEIC.search(photograph)
    if found:
        exif.load(photograph[found.start() : found.start() + _LONGEST_EXIF])
    return exif


def _taken_at(exif: Image.Exif) -> str:
    written = exif.get_ifd(IFD.Exif)
    moment = re.match(
        r"(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)", str(written.get(Base.DateTimeOriginal, ""))
    )
    if moment is None:
        return ""
    offset = re.match(r"[+-]\d\d:\d\d", str(written.get(Base.OffsetTimeOriginal, "")))
    year, month, day, time = moment.groups()
    return _sensible(f"{year}-{month}-{day}T{time}{offset[0] if offset else ''}")


def _sensible(moment: str) -> str:
    """`moment` if there is such a time: cameras write 0000:00:00 when their clock is not set."""
    try:
        return datetime.fromisoformat(moment).isoformat()
    except ValueError:
        return ""


def _camera(exif: Image.Exif) -> str:
    make, model = _line(exif.get(Base.Make, "")), _line(exif.get(Base.Model, ""))
    return model if model.startswith(make) else f"{make} {model}".strip()


def _line(words: Any) -> str:
    """One short line of printable characters."""
    shown = "".join(each if each.isprintable() else " " for each in str(words)[:LONGEST])
    return " ".join(shown.split())


def _position(written: dict[int, Any]) -> dict[str, str]:
    """Both or neither: one of them alone is no place."""
    latitude = _degrees(written, GPS.GPSLatitude, GPS.GPSLatitudeRef, "NS", 90)
    longitude = _degrees(written, GPS.GPSLongitude, GPS.GPSLongitudeRef, "EW", 180)
    if latitude is None or longitude is None:
        return {}
    return {"latitude": f"{latitude:.6f}", "longitude": f"{longitude:.6f}"}


def _degrees(
    written: dict[int, Any], angle: int, side: int, sides: str, most: float
) -> float | None:
    """EXIF 2.32, 4.6.6: degrees, minutes and seconds as fractions, and the side of the globe."""
    try:
        parts = [float(part) for part in written[angle]]
        degrees = sum(part / 60**place for place, part in enumerate(parts))
        sign = {sides[0]: 1, sides[1]: -1}[str(written[side])[:1].upper()]
    except (LookupError, TypeError, ValueError, ArithmeticError):
        return None
    sound = len(parts) == 3 and min(parts) >= 0 and math.isfinite(degrees) and degrees <= most
    return sign * degrees if sound else None
