"""What is missing, and what was done to an exhibit, in words."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language_info

from openrvr.foundation.clock.wording import how_long
from openrvr.journey.evidence.rules import Cause, Gap, Late, Missing, Recorder

PEOPLE = {"victim": "Victim", "officer": "Officer"}
_WHOM = {"victim": "her", "officer": "the officer"}

_MISSING = {
    Missing.EVERYTHING: "Nothing was received from {whom}",
    Missing.PICTURE: "There is no picture of {whom}",
    Missing.SOUND: "There is no sound of {whom}",
}

CAUSES = {
    Cause.NETWORK: "network",
    Cause.TAB_CLOSED: "page closed",
    Cause.NOT_GRANTED: "camera or microphone not allowed",
    Cause.TURNED_OFF: "turned off",
    Cause.DISK_FULL: "no room to record",
    Cause.NOT_TOLD: "not told of the recording",
    Cause.NOT_SUPPORTED: "this browser cannot record",
    Cause.CONNECTING: "connecting",
    Cause.STALLED: "the recorder stood still",
    Cause.NOT_RECEIVED: "nothing of it reached the media node",
    Cause.HUNG_UP: "hanging up",
    Cause.RUNG: "they spoke without it: sound only, or text",
    Cause.NOT_IN_CALL: "not in the call",
    Cause.UNKNOWN: "cause not known",
}

_WHAT = {
    "begun": "Begun",
    "captioned": "Captions added",
    "complete": "All of it has arrived",
    "destroyed": "Destroyed: its key was shredded",
    "disposal_asked": "Asked to destroy it before its time",
    "disposal_refused": "Refused to destroy it",
    "downloaded": "Original saved by somebody",
    "held": "Held",
    "hold_lifted": "Hold lifted",
    "not_whole": "Arrived otherwise than it was announced",
    "signed": "Signed by her, and frozen",
    "scanned": "Looked at by the antivirus",
    "call_ended": "Call ended",
    "opened": "Opened",
    "played": "Played",
    "exported": "Exported in a package",
}


def person(name: str) -> str:
    """`Victim`; whoever else is in a call stands for themselves."""
    return PEOPLE.get(name, name.replace("-", " ").capitalize())


def gap(of: str, missing: Gap) -> str:
    """`Nothing was received from her: network`."""
    whom = _WHOM.get(of, person(of))
    return f"{_MISSING[missing.missing].format(whom=whom)}: {CAUSES[missing.cause]}"


RECORDERS = {Recorder.DESK: "the officer's browser", Recorder.NODE: "the media node"}


def difference(of: str, recorder: Recorder, missing: Gap) -> str:
    """`The media node has no picture of her here, and the officer's browser has: connecting`."""
    whom = _WHOM.get(of, person(of))
    other = next(name for each, name in RECORDERS.items() if each is not recorder)
    lacks = f"{RECORDERS[recorder]} has {_NOTHING[missing.missing]} of {whom} here"
    return f"{lacks[0].upper()}{lacks[1:]}, {other} has: {CAUSES[missing.cause]}"


_NOTHING = {Missing.EVERYTHING: "nothing", Missing.PICTURE: "no picture", Missing.SOUND: "no sound"}


def late(parts: list[Late]) -> str:
    """How much came at another time than its own, and by how much; empty where nothing did."""
    if not parts:
        return ""
    length = sum((each.until - each.since for each in parts), timedelta())
    most = max(abs(each.most) for each in parts)
    return f"{how_long(length)}, up to {how_long(most)} from when it says that it was recorded"


def entry(what: str, details: dict[str, Any]) -> str:
    """An entry of the custody log; one that nobody has found words for is named as it is."""
    if what == "marker":
        return f"Marked: {details['name']}"
    if what == "reviewed":
        return f"Reviewed: {'still needed' if details['needed'] else 'not needed any more'}"
    if what == "copied":
        return f"Working copy made of {details['slices']} slices"
    if what == "unrecorded":
        return f"Not recorded: {CAUSES[Cause(details['cause'])]}"
    return _WHAT.get(what, what.replace("_", " ").capitalize())


def slices(count: int, last: datetime) -> str:
    """A run of slices in the log, and when the last of them was received."""
    if count == 1:
        return "1 slice received and receipted"
    return f"{count} slices received and receipted, the last {timezone.localtime(last):%H:%M:%S}"


def position(seconds: float) -> str:
    """`01:05`, from the beginning of the call; `1:01:05` after an hour."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def language(code: str) -> str:
    """`Welsh` for `cy`; a code that nobody named stands for itself."""
    try:
        return str(get_language_info(code)["name"])
    except KeyError:
        return code
