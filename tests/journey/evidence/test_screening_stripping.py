"""The working copy of a photograph, and what its camera wrote in it."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms
from PIL.ExifTags import GPS, IFD, Base
from PIL.PngImagePlugin import PngInfo

from openrvr.journey.evidence.screening.stripping import (
    CannotCopy,
    NoDecoder,
    TooManyPixels,
    Unreadable,
    particulars,
    working_copy,
)

SECRET = "Rose-Cottage"
JPEG, PNG, WEBP = "image/jpeg", "image/png", "image/webp"


def exif(**more: Any) -> Image.Exif:
    """What a phone writes; `more` by the names of EXIF's tags."""
    written = Image.Exif()
    values = {
        "Make": "Apple",
        "Model": "iPhone 15",
        "ImageDescription": SECRET,
        "DateTimeOriginal": "2026:11:21 22:14:03",
        "OffsetTimeOriginal": "+00:00",
        "GPSLatitude": (51.0, 30.0, 26.0),
        "GPSLatitudeRef": "N",
        "GPSLongitude": (0.0, 7.0, 39.0),
        "GPSLongitudeRef": "W",
        **more,
    }
    places = {"Da": written.get_ifd(IFD.Exif), "Of": written.get_ifd(IFD.Exif)}
    for name, value in values.items():
        if name.startswith("GPS"):
            written.get_ifd(IFD.GPSInfo)[GPS[name]] = value
        else:
            places.get(name[:2], written)[Base[name]] = value
    return written


def quarters(mode: str = "RGB") -> Image.Image:
    """Wider than high, and each corner another colour."""
    image = Image.new("RGB", (64, 32))
    for at, colour in (((0, 0), "red"), ((32, 0), "lime"), ((0, 16), "blue"), ((32, 16), "white")):
        image.paste(colour, (*at, at[0] + 32, at[1] + 16))
    return image.convert(mode)


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    content = BytesIO()
    image.save(content, form, **options)
    return content.getvalue()


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def corners(image: Image.Image) -> list[tuple[int, ...]]:
    """Rounded to what JPEG keeps, from the top left in lines."""
    shown = image.convert("RGB")
    right, bottom = shown.width - 4, shown.height - 4
    places = [(3, 3), (right, 3), (3, bottom), (right, bottom)]
    found = [shown.getpixel(place) for place in places]
    return [tuple(255 * (part > 127) for part in pixel) for pixel in found]  # type: ignore[union-attr]


def test_a_jpeg_tells_nothing_but_the_picture() -> None:
    sent = saved(
        quarters(),
        "JPEG",
        exif=exif(),
        xmp=f"<x:xmpmeta>{SECRET}</x:xmpmeta>".encode(),
        comment=SECRET,
        dpi=(300, 300),
        icc_profile=srgb(),
        extra=segment(0xED, f"Photoshop 3.0\0{SECRET}") + segment(0xEC, SECRET),
    )
    sent += SECRET.encode()
    assert sent.count(SECRET.encode()) == 6
    copy = working_copy(sent, JPEG)
    assert SECRET.encode() not in copy
    assert copy.endswith(b"\xff\xd9")
    # JFIF, tables, one frame, one scan: no other application's marker and no comment.
    assert set(markers(copy)) == {0xE0, 0xDB, 0xC0, 0xC4, 0xDA}
    assert particulars(copy) == {}
    assert corners(opened(copy)) == corners(quarters())


def test_the_second_picture_in_a_file_is_gone() -> None:
    sent = saved(quarters(), "MPO", save_all=True, append_images=[quarters()], exif=exif())
    copy = working_copy(sent, JPEG)
    assert (opened(copy).format, copy.count(b"\xff\xd8\xff")) == ("JPEG", 1)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_png_tells_nothing_but_the_picture(mode: str) -> None:
    words = PngInfo()
    words.add_text("Comment", SECRET)
    words.add_itxt("XML:com.adobe.xmp", f"<x>{SECRET}</x>")
    picture = Image.new("I;16", (64, 32), 40_000) if mode == "I;16" else quarters(mode)
    sent = saved(picture, "PNG", pnginfo=words, exif=exif(), icc_profile=srgb(), dpi=(300, 300))
    copy = working_copy(sent + SECRET.encode(), PNG)
    assert SECRET.encode() not in copy
    assert chunks(copy) <= {b"IHDR", b"IDAT", b"IEND"}
    assert opened(copy).convert("RGBA").tobytes() == picture.convert("RGBA").tobytes()


def test_transparency_stays_in_a_png_and_becomes_white_in_a_jpeg() -> None:
    clear = Image.new("RGBA", (8, 8), (255, 0, 0, 0))
    assert opened(working_copy(saved(clear, "PNG"), PNG)).getpixel((0, 0)) == (255, 0, 0, 0)
    assert opened(working_copy(saved(clear, "WEBP"), WEBP)).getpixel((0, 0)) == (255, 255, 255)
    palette = Image.new("P", (8, 8), 0)
    copy = opened(working_copy(saved(palette, "PNG", transparency=0), PNG))
    assert copy.convert("RGBA").getpixel((0, 0)) == (0, 0, 0, 0)


def test_a_webp_becomes_a_jpeg() -> None:
    sent = saved(quarters(), "WEBP", exif=exif(), xmp=SECRET.encode(), lossless=True)
    copy = working_copy(sent, WEBP)
    assert opened(copy).format == "JPEG"
    assert SECRET.encode() not in copy
    assert corners(opened(copy)) == corners(quarters())


@pytest.mark.parametrize(("media_type", "form"), [(JPEG, "JPEG"), (PNG, "PNG"), (WEBP, "WEBP")])
@pytest.mark.parametrize(
    ("orientation", "stored"),
    # What the camera stored, so that turning it as EXIF says shows the quarters upright.
    [
        (1, None),
        (2, Image.Transpose.FLIP_LEFT_RIGHT),
        (3, Image.Transpose.ROTATE_180),
        (4, Image.Transpose.FLIP_TOP_BOTTOM),
        (5, Image.Transpose.TRANSPOSE),
        (6, Image.Transpose.ROTATE_90),
        (7, Image.Transpose.TRANSVERSE),
        (8, Image.Transpose.ROTATE_270),
        (99, None),
    ],
)
def test_the_copy_is_upright(
    media_type: str, form: str, orientation: int, stored: Image.Transpose | None
) -> None:
    image = quarters() if stored is None else quarters().transpose(stored)
    sent = saved(image, form, exif=exif(Orientation=orientation))
    copy = opened(working_copy(sent, media_type))
    assert (copy.size, corners(copy)) == ((64, 32), corners(quarters()))


def test_a_picture_whose_exif_is_damaged_is_shown_all_the_same() -> None:
    damaged = saved(quarters(), "PNG", exif=b"Exif\0\0nonsense")
    assert opened(working_copy(damaged, PNG)).size == (64, 32)
    assert particulars(damaged) == {}


def test_colours_stay_what_their_profile_means() -> None:
    """Swapped primaries: who forgets the profile shows green for red."""
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    for useless in (lab, b"nonsense"):
        sent = saved(quarters(), "JPEG", icc_profile=useless)
        assert corners(opened(working_copy(sent, JPEG))) == corners(quarters())
    swapped = swapped_profile()
    sent = saved(Image.new("RGB", (16, 16), "lime"), "PNG", icc_profile=swapped)
    assert corners(opened(working_copy(sent, PNG)))[0] == (255, 0, 0)


def test_a_print_shops_jpeg_can_be_seen() -> None:
    copy = opened(working_copy(saved(quarters("CMYK"), "JPEG"), JPEG))
    assert (copy.mode, copy.size) == ("RGB", (64, 32))


def test_what_pillow_cannot_read_is_said() -> None:
    for media_type in ("image/heic", "image/heif"):
        with pytest.raises(NoDecoder, match="HEIC, the format of iPhones"):
            working_copy(b"\0\0\0\x18ftypheic", media_type)
    with pytest.raises(NoDecoder, match="application/pdf"):
        working_copy(b"%PDF-1.7", "application/pdf")


def test_a_damaged_picture_is_said() -> None:
    whole = saved(quarters(), "JPEG")
    for damaged in (b"", b"\xff\xd8\xff", whole[: len(whole) // 2], whole[:-20]):
        with pytest.raises(Unreadable):
            working_copy(damaged, JPEG)


def test_a_picture_of_another_kind_is_not_opened() -> None:
    with pytest.raises(Unreadable):
        working_copy(saved(quarters(), "GIF"), JPEG)
    with pytest.raises(Unreadable):
        working_copy(saved(quarters(), "PNG"), JPEG)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("side", [7_800, 10_000, 60_000])
def test_a_bomb_is_refused_before_it_goes_off(side: int) -> None:
    with pytest.raises(TooManyPixels, match="60 million"):
        working_copy(png_of(side), PNG)
    assert particulars(png_of(side)) == {}


def test_what_the_camera_wrote_is_told() -> None:
    expected = {
        "taken_at": "2026-11-21T22:14:03+00:00",
        "camera": "Apple iPhone 15",
        "latitude": "51.507222",
        "longitude": "-0.127500",
    }
    for form in ("JPEG", "PNG", "WEBP", "MPO"):
        assert particulars(saved(quarters(), form, exif=exif())) == expected
    # Apple's way: an item of EXIF somewhere in the file, behind four bytes of its own.
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(50) + b"\0\0\0\x06" + exif().tobytes()
    assert particulars(heic + bytes(50)) == expected


def test_a_picture_without_particulars_has_none() -> None:
    assert particulars(saved(quarters(), "JPEG")) == {}
    assert particulars(b"\0\0\0\x18ftypheic\0\0\0\0") == {}
    assert particulars(b"") == particulars(b"hello") == {}


@pytest.mark.parametrize(
    "written",
    [
        {"GPSLatitude": (91.0, 0.0, 0.0)},
        {"GPSLongitude": (180.0, 0.0, 1.0)},
        {"GPSLatitudeRef": "X"},
        {"GPSLatitudeRef": ""},
        {"GPSLatitude": (51.0, 30.0)},
    ],
)
def test_a_place_that_makes_no_sense_is_not_told(written: dict[str, Any]) -> None:
    found = particulars(saved(quarters(), "JPEG", exif=exif(**written)))
    assert set(found) == {"taken_at", "camera"}


def test_a_place_divided_by_nought_is_not_told() -> None:
    """Pillow writes no such fraction, so it is put into the finished file."""
    sent = saved(quarters(), "JPEG", exif=exif())
    assert sent.count(fraction := struct.pack(">II", 51, 1)) == 1
    for divided in (struct.pack(">II", 51, 0), struct.pack(">II", 0, 0)):
        assert set(particulars(sent.replace(fraction, divided))) == {"taken_at", "camera"}


def test_south_and_east_are_told_apart() -> None:
    written = exif(GPSLatitudeRef="S", GPSLongitudeRef="E")
    found = particulars(saved(quarters(), "JPEG", exif=written))
    assert (found["latitude"], found["longitude"]) == ("-51.507222", "0.127500")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ({"OffsetTimeOriginal": ""}, "2026-11-21T22:14:03"),
        ({"OffsetTimeOriginal": "+01:00"}, "2026-11-21T22:14:03+01:00"),
        ({"DateTimeOriginal": "0000:00:00 00:00:00"}, None),
        ({"DateTimeOriginal": "2026:13:45 22:14:03"}, None),
        ({"DateTimeOriginal": "yesterday"}, None),
    ],
)
def test_the_time_is_told_where_there_is_such_a_time(
    written: dict[str, str], told: str | None
) -> None:
    found = particulars(saved(quarters(), "JPEG", exif=exif(**written)))
    assert found.get("taken_at") == told


def test_a_cameras_name_is_one_short_line() -> None:
    hostile = exif(Make="<b>\n\u202e\0" + "x" * 5000, Model="")
    camera = particulars(saved(quarters(), "JPEG", exif=hostile))["camera"]
    assert len(camera) <= 100
    assert camera.isprintable()
    twice = exif(Make="SAMSUNG", Model="SAMSUNG Galaxy")
    assert particulars(saved(quarters(), "JPEG", exif=twice))["camera"] == "SAMSUNG Galaxy"


# Pillow warns of each entry that it leaves out.
pillow_may_warn = pytest.mark.filterwarnings("ignore::UserWarning:PIL")
SOUND_EXIF = exif(Orientation=6).tobytes()
BEGINNINGS = (b"", b"\xff\xd8\xff\xe1", b"\0\0\0\x18ftypheic" + SOUND_EXIF[:6])


@pillow_may_warn
@given(st.sampled_from(BEGINNINGS), st.binary(max_size=200))
@settings(deadline=None)
def test_random_bytes_have_no_particulars_and_do_no_harm(before: bytes, content: bytes) -> None:
    assert set(particulars(before + content)) <= {"taken_at", "camera", "latitude", "longitude"}


@pillow_may_warn
@given(st.lists(st.tuples(st.integers(6, len(SOUND_EXIF) - 1), st.integers(0, 255)), max_size=8))
@settings(deadline=None)
def test_no_exif_stops_a_picture_from_being_shown(changes: list[tuple[int, int]]) -> None:
    hostile = bytearray(SOUND_EXIF)
    for at, value in changes:
        hostile[at] = value
    sent = b"\xff\xd8" + segment(0xE1, bytes(hostile)) + saved(quarters(), "JPEG")[2:]
    assert set(opened(working_copy(sent, JPEG)).size) == {64, 32}
    assert set(particulars(sent)) <= {"taken_at", "camera", "latitude", "longitude"}


@pillow_may_warn
@given(st.sampled_from(["JPEG", "PNG", "WEBP"]), st.data())
@settings(deadline=None)
def test_a_damaged_file_is_copied_or_refused(form: str, data: st.DataObject) -> None:
    damaged = bytearray(saved(quarters(), form))
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        opened(working_copy(bytes(damaged), f"image/{form.lower()}"))
    except CannotCopy as refusal:
        assert "kept as it was sent" in str(refusal)  # noqa: PT017 (most are copied)


def srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def swapped_profile() -> bytes:
    """sRGB with the entries of red and green in its table of tags exchanged."""
    profile = bytearray(srgb())
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile)


def segment(marker: int, content: str | bytes) -> bytes:
    body = content.encode() if isinstance(content, str) else content
    return b"\xff" + bytes([marker]) + (len(body) + 2).to_bytes(2) + body


def markers(jpeg: bytes) -> list[int]:
    """The markers up to the picture's own data."""
    found: list[int] = []
    at = 2
    while not found or found[-1] != 0xDA:
        found.append(jpeg[at + 1])
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4])
    return found


def chunks(png: bytes) -> set[bytes]:
    found, at = set(), 8
    while at < len(png):
        found.add(png[at + 4 : at + 8])
        at += 12 + int.from_bytes(png[at : at + 4])
    return found


def png_of(side: int) -> bytes:
    """Says that it is a square of `side` pixels, and holds none."""
    header = b"IHDR" + struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    nothing = b"IDAT" + zlib.compress(b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (len(body) - 4).to_bytes(4) + body + zlib.crc32(body).to_bytes(4)
        for body in (header, nothing, b"IEND")
    )
