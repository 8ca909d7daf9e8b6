"""Photographs as phones make them, for tests."""

from __future__ import annotations

import io

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

MAKER = "Examplephone"


def jpeg(
    size: tuple[int, int] = (640, 480), colour: str = "lime", *, gps: bool = True, noise: int = 0
) -> bytes:
    """A JPEG with what a camera writes into it; `noise` bytes more, in a comment."""
    exif = Image.Exif()
    exif[Base.Make] = MAKER
    exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = "2026:11:21 22:14:03"
    if gps:
        exif.get_ifd(IFD.GPSInfo).update(
            {
                GPS.GPSLatitude: (51.0, 30.0, 26.0),
                GPS.GPSLatitudeRef: "N",
                GPS.GPSLongitude: (0.0, 7.0, 39.0),
                GPS.GPSLongitudeRef: "W",
            }
        )
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, "JPEG", exif=exif)
    # After the end of the picture, as some phones add their own.
    return written.getvalue() + bytes(noise)


def has_exif(picture: bytes) -> bool:
    with Image.open(io.BytesIO(picture)) as opened:
        return bool(dict(opened.getexif())) or MAKER.encode() in picture
