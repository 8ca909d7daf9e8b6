from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "openrvr.journey.chat"
    label = "chat"
    verbose_name = "Text chat"
