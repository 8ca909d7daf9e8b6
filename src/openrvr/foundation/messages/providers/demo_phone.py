"""The demo's phone: the texts are shown on a page, as a phone would show them."""

from __future__ import annotations

from django.utils import timezone

from openrvr.foundation.messages.models import DemoText, Message


class DemoPhone:
    """Keeps each text for the demo's page. Delivery is immediate."""

    name = "demo"

    def send(self, message: Message) -> str:
        text, _ = DemoText.objects.get_or_create(
            message=message,
            defaults={
                "number": message.number,
                "words": message.words,
                "at": timezone.now(),
            },
        )
        return f"demo-{text.pk}"

    def find(self, message: Message) -> str | None:
        text = DemoText.objects.filter(message=message).first()
        return f"demo-{text.pk}" if text else None
