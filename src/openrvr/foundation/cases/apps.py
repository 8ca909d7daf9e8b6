from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "openrvr.foundation.cases"
    label = "cases"
    verbose_name = "Cases"
