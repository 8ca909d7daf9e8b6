from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "openrvr.foundation.live"
    label = "live"
    verbose_name = "Live streams"
