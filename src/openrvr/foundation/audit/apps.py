from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "openrvr.foundation.audit"
    label = "audit"
    verbose_name = "The access log"
