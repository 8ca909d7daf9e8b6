from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("openrvr.consoles.phone.urls")),
    path("desk/", include("openrvr.consoles.officer_desk.urls")),
]
