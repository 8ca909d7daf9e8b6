from django.apps import AppConfig
from django.core.checks import register


class PolicyConfig(AppConfig):
    name = "openrvr.foundation.policy"
    label = "policy"
    verbose_name = "The force's policy"

    def ready(self) -> None:
        """What `openrvr check` and every start say of words that she would read in English."""
        from openrvr.foundation.policy.checks import words_are_translated

        register(words_are_translated)
