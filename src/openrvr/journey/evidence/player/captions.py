"""Captions of a recorded call: a WebVTT file, on the clock of the call.

A player shows each track by itself, so its captions are the same cues on the track's own clock.
Format: W3C WebVTT: The Web Video Text Tracks Format, section 4.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

from django.core.exceptions import SuspiciousFileOperation

from openrvr.foundation.people.models import Account
from openrvr.foundation.refusal import Refused
from openrvr.foundation.unit_of_work import unit_of_work
from openrvr.journey.evidence import custody_log, vault
from openrvr.journey.evidence.custody.sealing import DoesNotOpen, Place
from openrvr.journey.evidence.models import Captions, Exhibit, Kind, Track

# Bytes: what the service takes as a form; an hour of speech has about 60 kB.
LARGEST = 200 * 1024
_TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_CUE = re.compile(rf"^{_TIME}[ \t]+-->[ \t]+{_TIME}(.*)$", re.MULTILINE)


class NoCaptions(Refused):
    """What was given is no WebVTT file."""

    status = 422

    def __init__(self) -> None:
        super().__init__("This is not a WebVTT file: it begins with WEBVTT and has timed cues.")


class CaptionsDamaged(Exception):
    """What is stored of captions is not what was added; the sentence says which."""

    def __init__(self, added: Captions, how: str) -> None:
        super().__init__(f"Captions {added.number} {how}.")


@unit_of_work()
def add(exhibit: Exhibit, content: bytes, *, by: Account, now: datetime) -> Captions:
    """Add captions to a recording; a later file takes the place of an earlier one.

    Raises NoCaptions, Shredded, NoRoom.
    """
    _check(content)
    locked = custody_log.lock(exhibit.pk)
    if locked.kind != Kind.RECORDING:
        raise NoCaptions
    key, number = vault.data_key(locked), locked.captions.count() + 1
    place = _place(locked, number)
    stored_as = vault.store(content, place, data_key=key)
    try:
        custody_log.note(
            locked,
            "captioned",
            by=by.actor,
            now=now,
            number=number,
            sha256=hashlib.sha256(content).hexdigest(),
        )
        return Captions.objects.create(
            exhibit=locked, number=number, added_at=now, stored_as=stored_as
        )
    except BaseException:
        vault.forget(stored_as)
        raise


def of_track(track: Track) -> str:
    """The newest captions on the track's own clock. Raises Captions.DoesNotExist, Shredded."""
    exhibit = track.exhibit
    content = _content(exhibit.captions.latest("number"))
    first = track.slices.order_by("index").first()
    call = exhibit.call
    offset = (first.since - call.started_at).total_seconds() if first and call else 0.0
    return shifted(content.decode("utf-8-sig"), round(-offset * 1000))


def check(added: Captions, *, sha256: str) -> None:
    """Hold a stored file against the hash that was receipted. Raises CaptionsDamaged, Shredded."""
    try:
        content = _content(added)
    except FileNotFoundError:
        raise CaptionsDamaged(added, "are missing") from None
    except DoesNotOpen:
        raise CaptionsDamaged(added, "do not open") from None
    except (OSError, SuspiciousFileOperation) as error:
        raise CaptionsDamaged(added, f"cannot be read: {error}") from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise CaptionsDamaged(added, "were altered")


def shifted(captions: str, milliseconds: int) -> str:
    """The same cues so much later; what would end before 0 comes at no time at all."""

    def move(found: re.Match[str]) -> str:
        since, until = (_read(found.groups()[at : at + 4]) + milliseconds for at in (0, 4))
        return f"{_written(max(since, 0))} --> {_written(max(until, 0))}{found[9]}"

    return _CUE.sub(move, captions.replace("\r\n", "\n"))


def _check(content: bytes) -> None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NoCaptions from None
    if len(content) > LARGEST or not re.match(r"WEBVTT($|[ \t\r\n])", text):
        raise NoCaptions
    if not _CUE.search(text.replace("\r\n", "\n")):
        raise NoCaptions


def _content(added: Captions) -> bytes:
    exhibit = added.exhibit
    place = _place(exhibit, added.number)
    return vault.fetch(added.stored_as, place, data_key=vault.data_key(exhibit))


def _place(exhibit: Exhibit, number: int) -> Place:
    return Place(str(exhibit.pk), "captions", number, final=True)


def _read(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths


def _written(milliseconds: int) -> str:
    seconds, thousandths = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{thousandths:03}"
