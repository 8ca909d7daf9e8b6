"""What OpenRVR needs of whoever carries its texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from openrvr.foundation.messages.models import Message, MessageState


@dataclass(frozen=True)
class Receipt:
    """What a provider says became of a text."""

    provider_reference: str
    state: MessageState
    trouble: str = ""


class ProviderTrouble(Exception):
    """The provider could not be reached, or failed: worth another try."""


class ProviderBusy(ProviderTrouble):
    """The provider wants fewer requests: worth another try, later."""


class ProviderRefused(Exception):
    """The provider will never take this text; the sentence says why."""


class TextProvider(Protocol):
    """One way of sending a text. `Message.id` is the idempotency key."""

    name: str

    def send(self, message: Message) -> str:
        """Hand over a text; returns the provider's reference.

        Raises ProviderTrouble, ProviderBusy or ProviderRefused.
        """

    def find(self, message: Message) -> str | None:
        """The provider's reference where it already has the text: asked after a crash."""
