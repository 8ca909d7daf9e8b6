from django.apps import AppConfig


class EscalationConfig(AppConfig):
    name = "openrvr.journey.escalation"
    label = "escalation"
    verbose_name = "Physical response"
