from django.apps import AppConfig


class InvitationConfig(AppConfig):
    name = "openrvr.journey.invitation"
    label = "invitation"
    verbose_name = "Invitation"
