"""The antivirus that the installation chose."""

from __future__ import annotations

from django.conf import settings

from openrvr.journey.evidence.screening.antivirus import (
    Antivirus,
    Clamd,
    ClamdConfiguration,
    NoAntivirus,
)
from openrvr.journey.evidence.screening.kinds import LIMITS


def antivirus() -> Antivirus:
    """The antivirus named by OPENRVR_ANTIVIRUS. Raises ValueError for what names none."""
    if not settings.ANTIVIRUS:
        return NoAntivirus()
    return clamd(settings.ANTIVIRUS)


def clamd(named: str) -> Clamd:
    """`clamd:/run/clamav/clamd.ctl` or `clamd:host:port`. Raises ValueError."""
    program, _, address = named.partition(":")
    if program != "clamd" or not address:
        raise ValueError(f"{named!r} is no antivirus")
    return Clamd(ClamdConfiguration(address, largest=max(LIMITS.values())))
