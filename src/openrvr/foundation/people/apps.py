from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "openrvr.foundation.people"
    label = "people"
    verbose_name = "People and their roles"
