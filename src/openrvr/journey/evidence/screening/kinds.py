"""What a victim may send, and what it really is.

A file is told by how it begins and never by its name or by what a browser says of it. Whatever is
not in the table is not taken: web pages, SVG, programs of an office, archives, programs, scripts,
and a file that begins as two kinds at once.

Only the beginning is looked at. What hides further on (an archive behind a photograph, JavaScript
in a PDF) is for the antivirus, and for whoever serves a file: as the media type given here, with
`X-Content-Type-Options: nosniff`, as an attachment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from openrvr.foundation.refusal import Refused
from openrvr.journey.evidence.screening import signatures

MEGABYTE = 1_000_000
# How much of a beginning `kind_of` wants: the signs of a web page in a text are looked for in
# all of it, and the tracks of most short recordings are listed within it.
HEAD = 65_536


class Family(StrEnum):
    PHOTOGRAPH = "photograph"
    DOCUMENT = "document"
    SOUND = "sound recording"
    VIDEO = "video"


LIMITS = {
    Family.PHOTOGRAPH: 25 * MEGABYTE,
    Family.DOCUMENT: 20 * MEGABYTE,
    Family.SOUND: 50 * MEGABYTE,
    Family.VIDEO: 200 * MEGABYTE,
}
_INSTEAD = {
    Family.PHOTOGRAPH: gettext_noop("A screenshot of it is smaller."),
    Family.DOCUMENT: gettext_noop("You can send photographs of the pages that matter."),
    Family.SOUND: gettext_noop("You can send a shorter part of it."),
    Family.VIDEO: gettext_noop("You can send a shorter part of it."),
}


@dataclass(frozen=True)
class Kind:
    """`media_type` as IANA registers it; `extension` without a dot; `name` for people."""

    media_type: str
    extension: str
    name: str
    family: Family

    @property
    def largest(self) -> int:
        """Bytes."""
        return LIMITS[self.family]


class Empty(Refused):
    """Nothing arrived: on a phone, mostly a file that is still in its maker's cloud."""

    status = 422

    def __init__(self) -> None:
        super().__init__(
            _("This file arrived empty. Please open it on your phone first, then send it again.")
        )


class KindNotTaken(Refused):
    status = 415

    def __init__(self) -> None:
        super().__init__(
            _(
                "This kind of file cannot be sent here. You can send photographs, screenshots,"
                " PDFs, voice messages and videos. If it is something else, tell the officer:"
                " they can take it from you in another way."
            )
        )


class TooLarge(Refused):
    """`kind`, `size` (bytes) of what was sent."""

    status = 413

    def __init__(self, kind: Kind, size: int) -> None:
        self.kind, self.size = kind, size
        too_large = _("This is too large to send: it has %(size)s MB, and %(most)s MB is the most.")
        sentences = (
            too_large % {"size": _megabytes(size), "most": kind.largest // MEGABYTE},
            _(_INSTEAD[kind.family]),
            _("Or tell the officer: they can take it from you in another way."),
        )
        super().__init__(" ".join(sentences))


PLAIN_TEXT = Kind("text/plain", "txt", "text", Family.DOCUMENT)

# In order: the first that recognises a file names it.
_BINARY_KINDS: tuple[tuple[Callable[[bytes], bool], Kind], ...] = (
    (signatures.is_jpeg, Kind("image/jpeg", "jpg", "JPEG photograph", Family.PHOTOGRAPH)),
    (signatures.is_png, Kind("image/png", "png", "PNG picture", Family.PHOTOGRAPH)),
    (signatures.is_webp, Kind("image/webp", "webp", "WebP picture", Family.PHOTOGRAPH)),
    (signatures.is_heic, Kind("image/heic", "heic", "HEIC photograph", Family.PHOTOGRAPH)),
    (signatures.is_heif, Kind("image/heif", "heif", "HEIF photograph", Family.PHOTOGRAPH)),
    (signatures.is_pdf, Kind("application/pdf", "pdf", "PDF document", Family.DOCUMENT)),
    (signatures.is_mp4_sound, Kind("audio/mp4", "m4a", "M4A sound recording", Family.SOUND)),
    (signatures.is_mp4, Kind("video/mp4", "mp4", "MP4 video", Family.VIDEO)),
    (signatures.is_quicktime, Kind("video/quicktime", "mov", "QuickTime video", Family.VIDEO)),
    (signatures.is_3gp_sound, Kind("audio/3gpp", "3gp", "3GP sound recording", Family.SOUND)),
    (signatures.is_3gp, Kind("video/3gpp", "3gp", "3GP video", Family.VIDEO)),
    (signatures.is_webm, Kind("video/webm", "webm", "WebM video", Family.VIDEO)),
    (signatures.is_ogg_sound, Kind("audio/ogg", "ogg", "OGG voice message", Family.SOUND)),
    (signatures.is_wav, Kind("audio/wav", "wav", "WAV sound recording", Family.SOUND)),
    (signatures.is_amr, Kind("audio/amr", "amr", "AMR voice message", Family.SOUND)),
    (signatures.is_caf, Kind("audio/x-caf", "caf", "iPhone voice message", Family.SOUND)),
    (signatures.is_aac, Kind("audio/aac", "aac", "AAC sound recording", Family.SOUND)),
    (signatures.is_mp3, Kind("audio/mpeg", "mp3", "MP3 sound recording", Family.SOUND)),
)
KINDS = (*(kind for _, kind in _BINARY_KINDS), PLAIN_TEXT)
_BY_MEDIA_TYPE = {kind.media_type: kind for kind in KINDS}


def kind_named(media_type: str) -> Kind:
    """The kind that `kind_of` gave this media type. Raises KeyError."""
    return _BY_MEDIA_TYPE[media_type]


def kind_of(head: bytes, size: int) -> Kind:
    """What the file is that begins with `head` and has `size` bytes in all.

    `head` is its first HEAD bytes, or all of it where it is shorter. An MP4 or a 3GP whose tracks
    are listed behind `head` counts as a video; so does WebM with sound alone.

    Raises Empty, KindNotTaken or TooLarge.
    """
    if not head or size <= 0:
        raise Empty
    kind = _recognised(head, whole=len(head) >= size)
    if size > kind.largest:
        raise TooLarge(kind, size)
    return kind


def _recognised(head: bytes, whole: bool) -> Kind:
    for recognises, kind in _BINARY_KINDS:
        if recognises(head):
            if signatures.hides_another(head):
                raise KindNotTaken
            return kind
    if signatures.is_plain_text(head, whole):
        return PLAIN_TEXT
    raise KindNotTaken


def _megabytes(size: int) -> int:
    """Rounded up: a file that is too large never seems to fit."""
    return -(-size // MEGABYTE)
