from django.apps import AppConfig


class PromisesConfig(AppConfig):
    name = "openrvr.foundation.promises"
    label = "promises"
    verbose_name = "Promises"
