from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "openrvr.foundation.kit"
    label = "kit"
    verbose_name = "What the pages share"
