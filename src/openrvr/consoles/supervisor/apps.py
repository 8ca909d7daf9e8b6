from django.apps import AppConfig


class SupervisorConfig(AppConfig):
    name = "openrvr.consoles.supervisor"
    label = "supervisor"
    verbose_name = "Supervisor"
