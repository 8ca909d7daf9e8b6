from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "openrvr.foundation.messages"
    label = "messages"
    verbose_name = "Messages to victims"
