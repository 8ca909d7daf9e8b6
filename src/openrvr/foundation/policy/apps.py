from django.apps import AppConfig


class PolicyConfig(AppConfig):
    name = "openrvr.foundation.policy"
    label = "policy"
    verbose_name = "The force's policy"
