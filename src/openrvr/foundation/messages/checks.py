"""Whether texts can be sent at all."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks


def texts_can_be_sent(**_: Any) -> list[checks.CheckMessage]:
    """Without this a victim would wait for a text that nobody sends."""
    if settings.TEXT_PROVIDER not in ("demo", "notify"):
        return [
            checks.Error(f"OPENRVR_TEXT_PROVIDER is {settings.TEXT_PROVIDER!r}: demo or notify.")
        ]
    if settings.TEXT_PROVIDER == "demo" and not settings.DEMO:
        return [checks.Warning("OPENRVR_TEXT_PROVIDER is demo: no text leaves this machine.")]
    missing = [
        name for name in ("NOTIFY_API_KEY", "NOTIFY_TEMPLATE_ID") if not getattr(settings, name)
    ]
    if settings.TEXT_PROVIDER == "notify" and missing:
        return [checks.Warning(f"No text can be sent: set {' and '.join(missing)}.")]
    return []
