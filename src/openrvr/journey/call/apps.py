from django.apps import AppConfig
from django.core.checks import register


class CallConfig(AppConfig):
    name = "openrvr.journey.call"
    label = "call"
    verbose_name = "The call"

    def ready(self) -> None:
        from openrvr.journey.call.checks import relays_are_there, relays_relay

        register(relays_are_there)
        register(relays_relay, deploy=True)
