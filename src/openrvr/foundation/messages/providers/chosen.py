"""The provider that the installation chose."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from openrvr.foundation.messages.ports import TextProvider
from openrvr.foundation.messages.providers.demo_phone import DemoPhone
from openrvr.foundation.messages.providers.notify import Notify, NotifyConfiguration


def provider() -> TextProvider:
    """The provider named by OPENRVR_TEXT_PROVIDER."""
    if settings.TEXT_PROVIDER == "demo":
        return DemoPhone()
    if settings.TEXT_PROVIDER == "notify":
        return _notify(
            NotifyConfiguration(
                api_key=settings.NOTIFY_API_KEY,
                template_id=settings.NOTIFY_TEMPLATE_ID,
                sender_id=settings.NOTIFY_SENDER_ID,
                base_url=settings.NOTIFY_BASE_URL,
            )
        )
    raise ImproperlyConfigured(
        f"OPENRVR_TEXT_PROVIDER is {settings.TEXT_PROVIDER!r}; it can be demo or notify."
    )


@lru_cache(maxsize=2)
def _notify(configuration: NotifyConfiguration) -> Notify:
    return Notify(configuration)
