"""What can keep her phone from a video call, each with the one line that staff read."""

from __future__ import annotations

from django.db import models


class Trouble(models.TextChoices):
    """What her page reports. The label is for the call-taker and the officer: what is wrong, and
    what to say to her. What she reads herself are pages of the phone's own, one for each.
    """

    REFUSED = (
        "refused",
        "She has not allowed camera and sound yet: ask her to tap “Try again”, then “Allow”.",
    )
    BLOCKED = (
        "blocked",
        "Her browser blocks camera and sound for this page: her page shows where to allow them.",
    )
    CAMERA_BLOCKED = (
        "camera-blocked",
        "Her browser blocks the camera, not the sound: her page shows where to allow it.",
    )
    MICROPHONE_BLOCKED = (
        "microphone-blocked",
        "Her browser blocks the microphone, not the camera: her page shows where to allow it.",
    )
    BLOCKED_BY_PHONE = (
        "blocked-by-phone",
        "Her phone's settings keep the browser from the camera: her page shows where to allow it.",
    )
    NO_CAMERA = "no-camera", "No camera was found on her phone: she can go on without picture."
    NO_MICROPHONE = (
        "no-microphone",
        "No microphone was found on her phone: she can show herself and write.",
    )
    NOTHING_FOUND = (
        "nothing-found",
        "Neither camera nor microphone was found: she can write, or be rung back.",
    )
    CAMERA_IN_USE = "camera-in-use", "Another app has her camera: ask her to close other apps."
    MICROPHONE_IN_USE = (
        "microphone-in-use",
        "The phone call still has her microphone: the sound comes when it has ended.",
    )
    IN_APP = (
        "in-app",
        "Her link is open inside another app, such as Facebook: it works in Safari or Chrome. If "
        "she has tapped “Continue” there already, send a new link.",
    )
    NO_VIDEO = (
        "no-video",
        "Her browser cannot do video: send a new link for another browser, or let her write.",
    )
    INSECURE = (
        "insecure",
        "Her page came over an address that is not secure: ask her to tap the link in the text.",
    )
    UNKNOWN = "unknown", "Her camera does not start, and the browser does not say why."


def known(reported: str) -> str:
    """What a page reported, as one of ours; whatever else it says is `unknown`, nothing is "" ."""
    return reported if not reported or reported in Trouble else Trouble.UNKNOWN
