from django.apps import AppConfig
from django.core.checks import register


class CallConfig(AppConfig):
    name = "openrvr.journey.call"
    label = "call"
    verbose_name = "The call"

    def ready(self) -> None:
        from openrvr.journey.call import checks

        register(checks.relays_are_there)
        register(checks.plane_is_there)
        register(checks.relays_relay, deploy=True)
        register(checks.nodes_answer, deploy=True)
