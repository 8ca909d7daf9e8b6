from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "openrvr.consoles.demo"
    label = "demo"
    verbose_name = "Demonstration"
