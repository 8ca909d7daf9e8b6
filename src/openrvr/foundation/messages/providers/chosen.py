"""The provider that the installation chose."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from openrvr.foundation.messages.ports import ProviderRefused, TextProvider
from openrvr.foundation.messages.providers.demo_phone import DemoPhone
from openrvr.foundation.messages.providers.notify import Notify, NotifyConfiguration


def provider() -> TextProvider:
    """The provider named by OPENRVR_TEXT_PROVIDER. Raises ProviderRefused where none can send."""
    if settings.TEXT_PROVIDER == "demo":
        return DemoPhone()
    if settings.TEXT_PROVIDER == "notify":
        if not (settings.NOTIFY_API_KEY and settings.NOTIFY_TEMPLATE_ID):
            raise ProviderRefused("GOV.UK Notify is not set up here: no text can be sent.")
        return _notify(
            NotifyConfiguration(
                api_key=settings.NOTIFY_API_KEY,
                template_id=settings.NOTIFY_TEMPLATE_ID,
                sender_id=settings.NOTIFY_SENDER_ID,
                base_url=settings.NOTIFY_BASE_URL,
            )
        )
    raise ProviderRefused(f"There is no text provider {settings.TEXT_PROVIDER!r}.")


@lru_cache(maxsize=2)
def _notify(configuration: NotifyConfiguration) -> Notify:
    return Notify(configuration)
