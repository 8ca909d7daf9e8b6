from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "openrvr.foundation.jobs"
    label = "jobs"
    verbose_name = "Jobs"
