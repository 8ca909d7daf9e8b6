"""Whether what is kept can be looked at: by an antivirus, and by people."""

from __future__ import annotations

import shutil
from typing import Any

from django.conf import settings
from django.core import checks

from openrvr.journey.evidence.copying_mjr import TOOL, ToolMissing
from openrvr.journey.evidence.screening.antivirus import CannotScan
from openrvr.journey.evidence.screening.chosen import clamd

_FORM = "empty, clamd:/run/clamav/clamd.ctl or clamd:HOST:PORT"


def copies_can_be_made(**_: Any) -> list[checks.CheckMessage]:
    """Of what nodes record: the masters are kept all the same, and nobody can look at them."""
    if not settings.JANUS_RECORDINGS or shutil.which(TOOL):
        return []
    return [checks.Warning(f"OPENRVR_JANUS_RECORDINGS: {ToolMissing()}")]


def files_are_scanned(**_: Any) -> list[checks.CheckMessage]:
    """A file may be stalkerware: that nobody looks must be somebody's decision."""
    if not settings.ANTIVIRUS:
        unscanned = "No antivirus is set (OPENRVR_ANTIVIRUS): files are shown as not scanned."
        return [] if settings.DEMO else [checks.Warning(unscanned)]
    try:
        clamd(settings.ANTIVIRUS).ping()
    except ValueError:
        return [checks.Error(f"OPENRVR_ANTIVIRUS is {settings.ANTIVIRUS!r}: {_FORM}.")]
    except CannotScan as trouble:
        return [checks.Warning(f"The antivirus does not work: {trouble}")]
    return []
