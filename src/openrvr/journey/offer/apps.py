from django.apps import AppConfig


class OfferConfig(AppConfig):
    name = "openrvr.journey.offer"
    label = "offer"
    verbose_name = "Offer of video"
