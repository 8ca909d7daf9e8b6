from django.apps import AppConfig
from django.core.checks import register


class MessagesConfig(AppConfig):
    name = "openrvr.foundation.messages"
    label = "messages"
    verbose_name = "Messages to victims"

    def ready(self) -> None:
        """What `openrvr check` and every start say of the way texts are sent."""
        from openrvr.foundation.messages.checks import texts_can_be_sent

        register(texts_can_be_sent)
