"""How each kind of file begins, by its own specification.

Every function takes the first bytes of a file and looks at nothing else. They are stricter than the
shortest signature: two bytes that "look like" MP3 stand in every tenth file of another kind.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator

# ISO/IEC 14496-12 (MP4), 3GPP TS 26.244 (3GP), ISO/IEC 23008-12 (HEIF): the brand in `ftyp`.
HEIC_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"))
HEIF_BRANDS = frozenset((b"mif1", b"msf1"))
AVIF_BRANDS = frozenset((b"avif", b"avis"))
MP4_BRANDS = frozenset((b"mp41", b"mp42", b"isom", b"avc1", b"M4V ", b"MSNV", b"mmp4")).union(
    b"iso%d" % number for number in range(2, 10)
)
M4A_BRANDS = frozenset((b"M4A ", b"M4B "))
_LONGEST_FTYP = 256

# ISO/IEC 11172-3, 2.4.2.3: kilobits a second by index, for layer III.
_MPEG1_RATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_MPEG2_RATES = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
# Samples a second by index; MPEG 2 has half of these and MPEG 2.5 a quarter.
_FREQUENCIES = (44_100, 48_000, 32_000)

# A PDF reader takes a header anywhere in the first 1,024 bytes (ISO 32000-1, annex H.3).
_WHERE_READERS_LOOK = 1024
_ANOTHER_WITHIN = re.compile(rb"%PDF-|<html|<script|<!doctype|<svg|<\?php", re.IGNORECASE)

_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
# Text that some program would run, or show as something else than its letters. No list of scripts
# can be complete: what is taken as text has to be served as text too.
_MORE_THAN_TEXT = re.compile(
    r"""
      \A\s*(?:\#!|%!PS|\{\\rtf|<\?|<!)
    | %PDF-
    | <\?(?:xml|php|=) | <%
    | <(?:!doctype|!entity|html|head|body|title|script|style|svg|math|iframe|frameset|object|embed
         |applet|form|input|img|link|meta|base|video|audio|template|a\s+href)\b
    | \bjavascript:
    | \b(?:ActiveXObject|CreateObject|WScript\.|Invoke-Expression|FromBase64String)
    | ^\s*@?echo\s+(?:off|on)\b
    | ^import\s+(?:os|sys|subprocess|socket)\b
    | ^\[(?:InternetShortcut|Desktop\ Entry|autorun)\]
    | ^MIME-Version:
    """,
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)


def is_jpeg(head: bytes) -> bool:
    """ITU-T T.81, annex B: start of image, then a table, frame, application or comment marker."""
    return re.match(rb"\xff\xd8\xff[\xc0-\xc4\xdb\xdd\xe0-\xef\xfe]", head) is not None


def is_png(head: bytes) -> bool:
    """ISO/IEC 15948, 5.2: the signature, and an image header of 13 bytes."""
    return head.startswith(b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR")


def is_webp(head: bytes) -> bool:
    """RFC 9649."""
    return re.match(rb"RIFF.{4}WEBPVP8[ LX]", head, re.DOTALL) is not None


def is_heic(head: bytes) -> bool:
    """A still picture or a sequence in HEVC: what an iPhone takes."""
    return _major(head) in HEIC_BRANDS


def is_heif(head: bytes) -> bool:
    """HEIF of an unnamed coding, AVIF excepted."""
    brands = _brands(head)
    return brands[:1] != () and brands[0] in HEIF_BRANDS and AVIF_BRANDS.isdisjoint(brands)


def is_pdf(head: bytes) -> bool:
    """ISO 32000-1, 7.5.2, and only at the very beginning."""
    return re.match(rb"%PDF-[12]\.\d", head) is not None


def is_mp4(head: bytes) -> bool:
    return _major(head) in MP4_BRANDS


def is_mp4_sound(head: bytes) -> bool:
    """M4A, and MP4 of which the first bytes show that it has no pictures (Android's recorder)."""
    return _major(head) in M4A_BRANDS or (is_mp4(head) and _only_sound(head))


def is_quicktime(head: bytes) -> bool:
    return _major(head) == b"qt  "


def is_3gp(head: bytes) -> bool:
    return _major(head)[:3] in (b"3gp", b"3g2")


def is_3gp_sound(head: bytes) -> bool:
    return is_3gp(head) and _only_sound(head)


def is_webm(head: bytes) -> bool:
    """RFC 8794: an EBML header whose DocType is exactly `webm`; Matroska's is another."""
    document_type = rb"\x1aE\xdf\xa3.{1,48}?B\x82(?:\x84|\x40\x04|\x01\x00{6}\x04)webm"
    return re.match(document_type, head, re.DOTALL) is not None


def is_ogg_sound(head: bytes) -> bool:
    """RFC 3533: a first page, whose packet begins as Opus, Vorbis, Speex or FLAC do."""
    if re.match(rb"OggS\x00[\x02\x06]", head) is None or len(head) < 27:
        return False
    packet = head[27 + head[26] :]
    return packet.startswith((b"OpusHead", b"\x01vorbis", b"Speex   ", b"\x7fFLAC"))


def is_wav(head: bytes) -> bool:
    return re.match(rb"RIFF.{4}WAVE", head, re.DOTALL) is not None and b"fmt " in head[12:]


def is_amr(head: bytes) -> bool:
    """RFC 4867, section 5: narrow or wide band."""
    return head.startswith((b"#!AMR\n", b"#!AMR-WB\n"))


def is_caf(head: bytes) -> bool:
    """Apple's Core Audio Format, version 1: a voice message saved from an iPhone's Messages."""
    return head.startswith(b"caff\x00\x01\x00\x00desc")


def is_mp3(head: bytes) -> bool:
    """MPEG layer III, with or without an ID3 tag before it."""
    after = _after_id3(head)
    if after is None:
        return _two_frames(head, _layer_3_length)
    # A picture of the cover may fill everything that we are shown.
    return not after or _two_frames(after, _layer_3_length)


def is_aac(head: bytes) -> bool:
    """AAC in ADTS (ISO/IEC 13818-7, 6.2), with or without an ID3 tag before it."""
    after = _after_id3(head)
    return _two_frames(head if after is None else after, _adts_length)


def is_plain_text(head: bytes, whole: bool) -> bool:
    """UTF-8 without control characters and without the signs of another format.

    `whole` says that `head` is the whole file; else its last character may be cut.
    """
    try:
        text = codecs.getincrementaldecoder("utf-8")("strict").decode(head, final=whole)
    except UnicodeDecodeError:
        return False
    text = text.removeprefix("\ufeff")
    return not (_CONTROL.search(text) or _MORE_THAN_TEXT.search(text))


def hides_another(head: bytes) -> bool:
    """Whether a file of one kind also begins as a document or a page, for a lenient reader."""
    return _ANOTHER_WITHIN.search(head[1:_WHERE_READERS_LOOK]) is not None


def _brands(head: bytes) -> tuple[bytes, ...]:
    """The major brand and the compatible ones; none where `head` is no such file."""
    length = int.from_bytes(head[:4])
    if head[4:8] != b"ftyp" or length % 4 or not 16 <= length <= min(_LONGEST_FTYP, len(head)):
        return ()
    return (head[8:12], *(head[at : at + 4] for at in range(16, length, 4)))


def _major(head: bytes) -> bytes:
    return next(iter(_brands(head)), b"")


def _only_sound(head: bytes) -> bool:
    """Whether the list of tracks is in `head` as a whole and names sound alone.

    A long recording has it at its end: nothing is known then.
    """
    for kind, content in _boxes(head):
        if kind == b"moov":
            handlers = re.findall(rb"hdlr.{8}(....)", content, re.DOTALL)
            return b"soun" in handlers and b"vide" not in handlers
    return False


def _boxes(head: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The outermost boxes that are in `head` as a whole: kind and content."""
    at = 0
    while at + 8 <= len(head):
        length = int.from_bytes(head[at : at + 4])
        if length < 8 or at + length > len(head):
            return
        yield head[at + 4 : at + 8], head[at + 8 : at + length]
        at += length


def _after_id3(head: bytes) -> bytes | None:
    """What follows an ID3v2 tag (id3.org, ID3v2.4, section 3.1); None where there is no tag."""
    tag = re.match(rb"ID3[\x02-\x04][^\xff].([\x00-\x7f]{4})", head, re.DOTALL)
    if tag is None:
        return None
    length = 0
    for seven_bits in tag[1]:
        length = length << 7 | seven_bits
    # Some recorders pad beyond the tag's end.
    return head[10 + length :].lstrip(b"\x00")


def _two_frames(head: bytes, length_of: Callable[[bytes], int]) -> bool:
    """Whether a frame stands here, and another where it ends, unless the file ends there."""
    length = length_of(head[:8])
    if not length:
        return False
    return length == len(head) or length_of(head[length : length + 8]) > 0


def _layer_3_length(header: bytes) -> int:
    """Bytes of the MPEG layer III frame that `header` begins; 0 where it begins none."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return 0
    version = header[1] >> 3 & 3
    rate, frequency = header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or rate in {0, 15} or frequency == 3:
        return 0
    padding = header[2] >> 1 & 1
    if version == 3:
        return 144_000 * _MPEG1_RATES[rate] // _FREQUENCIES[frequency] + padding
    slower = 2 if version == 2 else 4
    return 72_000 * _MPEG2_RATES[rate] * slower // _FREQUENCIES[frequency] + padding


def _adts_length(header: bytes) -> int:
    """Bytes of the ADTS frame that `header` begins; 0 where it begins none."""
    if len(header) < 7 or header[0] != 0xFF or header[1] & 0xF6 != 0xF0:
        return 0
    if header[2] >> 2 & 15 > 12:
        return 0
    length = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    return length if length > 7 else 0
