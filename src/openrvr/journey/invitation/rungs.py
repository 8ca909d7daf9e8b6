"""The ladder: how the two of them reach each other, from video down to a plain page."""

from __future__ import annotations

from enum import StrEnum


class Rung(StrEnum):
    """From the top down. Each asks less of her phone and her link than the one before."""

    VIDEO = "video"
    STILLS = "stills"
    """Sound, with a still picture every few seconds."""
    SOUND = "sound"
    TEXT = "text"
    """Silent: neither camera nor microphone."""
    PLAIN = "plain"
    """A page without a script: photographs, and being rung back."""


class Why(StrEnum):
    """Why the call is on its rung."""

    CHOSEN = "chosen"
    """By her, with one tap."""
    OFFICER = "officer"
    LINK_POOR = "link_poor"
    LINK_GOOD = "link_good"
    """It is good again, after it was poor."""
    NO_CAMERA = "no_camera"
    NO_MICROPHONE = "no_microphone"
    REFUSED = "refused"
    """Her phone's permission for camera or microphone."""
    NO_CALLS = "no_calls"
    """Her browser cannot make video calls at all."""
    NO_SCRIPT = "no_script"


# By itself the page goes between these only: nobody who can be heard is made silent by a machine.
AUTOMATIC = (Rung.VIDEO, Rung.STILLS, Rung.SOUND)


def staff_words(rung: Rung, why: Why) -> str:
    """One line for the staff; empty on video."""
    return "" if rung is Rung.VIDEO else f"{_RUNGS[rung]}: {_WHY[why]}"


_RUNGS = {
    Rung.STILLS: "Sound with a still every few seconds",
    Rung.SOUND: "Sound only",
    Rung.TEXT: "Text only, silent",
    Rung.PLAIN: "No call: photographs, and ring back",
}

_WHY = {
    Why.CHOSEN: "she chose it",
    Why.OFFICER: "the officer chose it",
    Why.LINK_POOR: "her link is poor",
    Why.LINK_GOOD: "her link is getting better",
    Why.NO_CAMERA: "her camera does not work",
    Why.NO_MICROPHONE: "her microphone does not work",
    Why.REFUSED: "her phone does not allow camera or microphone",
    Why.NO_CALLS: "her browser cannot make calls",
    Why.NO_SCRIPT: "her browser runs no scripts",
}
