from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "openrvr.config"
    label = "config"

    def ready(self) -> None:
        """Wire every reaction: `subscriptions` is the one table of what answers to what."""
        from openrvr.config import subscriptions

        subscriptions.subscribe()
