"""Every address of the service, with those of the demo."""

from django.urls import include, path

from openrvr.config.urls import handler400, handler403, handler404, handler500
from openrvr.config.urls import urlpatterns as the_service

urlpatterns = [path("", include("openrvr.consoles.demo.urls")), *the_service]

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
