"""What may be sent: told from samples that Pillow and FFmpeg write, and from hostile ones."""

from __future__ import annotations

import gzip
import random
import zipfile
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO

import av
import pytest
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from openrvr.journey.evidence.screening.kinds import (
    HEAD,
    KINDS,
    LIMITS,
    MEGABYTE,
    Empty,
    Family,
    Kind,
    KindNotTaken,
    TooLarge,
    kind_of,
)

ID3 = b"ID3\x04\x00\x00\x00\x00\x00\x14" + bytes(20)
JUNK = random.Random(20).randbytes(4096)


def test_pictures_are_told_from_their_content() -> None:
    for form, media_type in (
        ("JPEG", "image/jpeg"),
        ("MPO", "image/jpeg"),
        ("PNG", "image/png"),
        ("WEBP", "image/webp"),
        ("PDF", "application/pdf"),
    ):
        assert told(picture(form)).media_type == media_type


def test_the_photographs_of_an_iphone_are_told_by_their_brands() -> None:
    assert told(ftyp(b"heic", b"mif1", b"MiHB")).media_type == "image/heic"
    assert told(ftyp(b"mif1", b"mif1", b"heic")).media_type == "image/heif"
    with pytest.raises(KindNotTaken):
        told(ftyp(b"mif1", b"avif"))


@pytest.mark.parametrize(
    ("form", "codec", "rate", "media_type"),
    [
        ("ogg", "libopus", 48_000, "audio/ogg"),  # WhatsApp
        ("opus", "libopus", 48_000, "audio/ogg"),
        ("amr", "libopencore_amrnb", 8_000, "audio/amr"),  # Android's older recorders
        ("3gp", "libopencore_amrnb", 8_000, "audio/3gpp"),
        ("mp4", "aac", 48_000, "audio/mp4"),  # Android's newer ones: sound in a video's wrapping
        ("ipod", "aac", 48_000, "audio/mp4"),  # an iPhone's Voice Memos
        ("caf", "pcm_s16le", 48_000, "audio/x-caf"),  # an iPhone's Messages
        ("adts", "aac", 48_000, "audio/aac"),
        ("mp3", "libmp3lame", 44_100, "audio/mpeg"),
        ("mp3", "libmp3lame", 22_050, "audio/mpeg"),
        ("mp3", "libmp3lame", 8_000, "audio/mpeg"),
        ("wav", "pcm_s16le", 48_000, "audio/wav"),
        ("webm", "libopus", 48_000, "video/webm"),
    ],
)
def test_sound_is_told_from_its_content(form: str, codec: str, rate: int, media_type: str) -> None:
    assert told(sound(form, codec, rate)).media_type == media_type


def test_mp3_is_told_with_and_without_a_tag() -> None:
    bare = sound("mp3", "libmp3lame", 44_100, id3v2_version="0")
    assert bare.startswith(b"\xff")
    assert told(bare).media_type == told(ID3 + bare).media_type == "audio/mpeg"
    assert told(ID3 + sound("adts", "aac", 48_000)).media_type == "audio/aac"
    with pytest.raises(KindNotTaken):
        told(ID3 + JUNK)


@pytest.mark.parametrize(
    ("form", "codec", "size", "media_type"),
    [
        ("mp4", "libx264", (64, 48), "video/mp4"),
        ("mov", "libx264", (64, 48), "video/quicktime"),
        ("3gp", "mpeg4", (176, 144), "video/3gpp"),
        ("webm", "libvpx", (64, 48), "video/webm"),
    ],
)
def test_videos_are_told_from_their_content(
    form: str, codec: str, size: tuple[int, int], media_type: str
) -> None:
    assert told(video(form, codec, size)).media_type == media_type


def test_an_mp4_whose_tracks_are_not_seen_counts_as_a_video() -> None:
    recording = sound("mp4", "aac", 48_000)
    assert kind_of(recording[:64], len(recording)).media_type == "video/mp4"


@pytest.mark.parametrize(
    "words",
    [
        "He said he will come back at 10. I am at my mother\u2019s.",
        "hi",
        "\ufeff21/11/2026, 22:14 - Sam: \u200eI know where you are \U0001f621\r\n",
        "MZ was here, PK too, and I was at home. BM is what he calls me <3",
        "import duty and 2 < 3 and a <b> in it; he is into script writing",
        "BEGIN:VCARD\nVERSION:3.0\nFN:Sam\nEND:VCARD\n",
    ],
)
def test_what_people_write_is_text(words: str) -> None:
    assert told(words.encode()).media_type == "text/plain"


def test_a_text_may_be_cut_within_a_letter_only_where_the_file_goes_on() -> None:
    cut = "caf\u00e9".encode()[:-1]
    assert kind_of(cut, 100).media_type == "text/plain"
    with pytest.raises(KindNotTaken):
        kind_of(cut, len(cut))


@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE html><html><script>alert(1)</script>",
        b"\xef\xbb\xbf  <html>",
        b"Dear officer,\n\n\nthis is all.\n<ScRiPt src=//evil.example></script>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<?xml version='1.0'?><svg/>",
        b"<?php system('x');",
        b"#!/bin/sh\nrm -rf /\n",
        b"@echo off\r\nformat c:\r\n",
        b"var a = new ActiveXObject('WScript.Shell');",
        b"import os\nos.system('x')\n",
        b"[InternetShortcut]\nURL=https://evil.example/\n",
        b"{\\rtf1 {\\object}}",
        b"%!PS-Adobe-3.0\n",
        b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n",
        "UTF-16".encode("utf-16"),
        b"Latin \xe9t\xe9",
        b"a\0b",
        b"a\x1b[2Jb",
        b"MZ\x90\x00" + bytes(200),
        b"\x7fELF\x02\x01\x01" + bytes(60),
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(500),
        gzip.compress(b"x", mtime=0),
        b"7z\xbc\xaf\x27\x1c" + bytes(30),
        b"Rar!\x1a\x07\x01\x00" + bytes(30),
        b"\xff\xfb\x90\x00",
        b"\x1aE\xdf\xa3\xa3B\x82\x88matroska",
        b"\0\0\0\x14ftypisom",
        b"\0\0\0\x10ftypcrx " + bytes(40),
        JUNK,
    ],
)
def test_what_could_do_harm_is_not_taken(content: bytes) -> None:
    with pytest.raises(KindNotTaken) as caught:
        told(content)
    assert caught.value.status == 415
    assert "tell the officer" in str(caught.value)


def test_documents_with_macros_and_archives_are_not_taken() -> None:
    for name in ("word/vbaProject.bin", "AndroidManifest.xml", "photograph.jpg"):
        archive = BytesIO()
        with zipfile.ZipFile(archive, "w") as packed:
            packed.writestr(name, "x")
        with pytest.raises(KindNotTaken):
            told(archive.getvalue())


@pytest.mark.parametrize(
    "content",
    [
        b"hello\n%PDF-1.7\n",
        b"\n%PDF-1.7\n",
        b"%PDF-x",
        b"\x00\xff\xd8\xff\xe0",
        b"\xff\xd8\xff\xfe\x00\x20<html><script>alert(1)</script>",
        b"\xff\xd8\xff\xfe\x00\x20%PDF-1.7\n",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00<?php system('x');",
        b"RIFF\x00\x00\x00\x00WEBPVP8 %PDF-1.7",
        b"%PDF-1.7\n<script>alert(1)</script>",
        b"%PDF-1.7\n%PDF-1.7\n",
    ],
)
def test_two_kinds_in_one_are_not_taken(content: bytes) -> None:
    with pytest.raises(KindNotTaken):
        told(content)


def test_no_accepted_beginning_is_taken_after_something_else() -> None:
    for content in (picture("JPEG"), picture("PNG"), picture("PDF"), sound("wav", "pcm_s16le")):
        for before in (b"\0", b"\n", b"GIF89a", b"PK\x03\x04", b"<html>"):
            with pytest.raises(KindNotTaken):
                told(before + content)


def test_an_empty_file_says_what_to_do() -> None:
    with pytest.raises(Empty, match="open it on your phone") as caught:
        kind_of(b"", 0)
    assert caught.value.status == 422


@pytest.mark.parametrize(
    ("content", "most", "sentence"),
    [
        (lambda: picture("JPEG"), 25, "too large .* 26 MB, and 25 MB .* A screenshot"),
        (lambda: picture("PDF"), 20, "too large .* 21 MB, and 20 MB .* photographs of the pages"),
        (lambda: sound("wav", "pcm_s16le"), 50, "too large .* 51 MB, and 50 MB .* a shorter part"),
        (
            lambda: video("mp4", "libx264", (64, 48)),
            200,
            "too large .* 201 MB, .* a shorter part",
        ),
    ],
)
def test_each_family_has_its_limit(content: Callable[[], bytes], most: int, sentence: str) -> None:
    head = content()[:HEAD]
    assert kind_of(head, most * MEGABYTE).largest == most * MEGABYTE
    with pytest.raises(TooLarge, match=sentence) as caught:
        kind_of(head, most * MEGABYTE + 1)
    assert caught.value.status == 413


def test_the_table_has_each_kind_once() -> None:
    assert set(LIMITS) == set(Family)
    assert len({kind.media_type for kind in KINDS}) == len(KINDS)


BEGINNINGS = (
    *(b"", b"\xff", b"\xff\xd8\xff", b"ID3\x04\0\0", b"OggS\0\x02", b"RIFF", b"\x1aE\xdf\xa3"),
    *(b"\0\0\0\x18ftyp", b"\0\0\0\x10ftypisom\0\0\0\0", b"<", b"%PDF-1."),
)


@given(st.sampled_from(BEGINNINGS), st.binary(max_size=300), st.integers(-1, 10**12))
@settings(deadline=None)
def test_any_bytes_are_taken_or_refused(before: bytes, content: bytes, size: int) -> None:
    with suppress(Empty, KindNotTaken, TooLarge):
        assert kind_of(before + content, size) in KINDS


def test_a_beginning_like_mp3_is_not_enough() -> None:
    noise = random.Random(7)
    for _ in range(200):
        with pytest.raises(KindNotTaken):
            told(b"\xff\xfb\x90\x00" + noise.randbytes(1000))


def told(content: bytes) -> Kind:
    return kind_of(content[:HEAD], len(content))


def ftyp(*brands: bytes) -> bytes:
    content = brands[0] + bytes(4) + b"".join(brands[1:])
    return (len(content) + 8).to_bytes(4) + b"ftyp" + content + b"\0\0\0\0meta"


def picture(form: str) -> bytes:
    content = BytesIO()
    Image.new("RGB", (64, 48), "firebrick").save(content, form)
    return content.getvalue()


def sound(form: str, codec: str, rate: int = 48_000, **options: str) -> bytes:
    """Some silence, as FFmpeg writes it."""
    content = BytesIO()
    with av.open(content, "w", format=form, options=options) as container:
        stream = container.add_stream(codec, rate=rate, layout="mono")
        assert isinstance(stream, AudioStream)
        stream.codec_context.open()
        formats = stream.codec_context.codec.audio_formats
        assert formats
        samples = stream.codec_context.frame_size or 960
        for index in range(10):
            frame = AudioFrame(formats[0].name, "mono", samples)
            frame.sample_rate, frame.pts = rate, index * samples
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return content.getvalue()


def video(form: str, codec: str, size: tuple[int, int]) -> bytes:
    content = BytesIO()
    with av.open(content, "w", format=form) as container:
        stream = container.add_stream(codec, rate=10, pix_fmt="yuv420p")
        assert isinstance(stream, VideoStream)
        stream.width, stream.height = size
        for _ in range(3):
            frame = VideoFrame(*size, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return content.getvalue()
