"""Every address, by the part that answers it."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from openrvr.foundation.people.access import open_to_all

_home = open_to_all("it only leads on, to a page that asks who comes")(
    RedirectView.as_view(pattern_name="home")
)
_start: URLPattern | URLResolver = (
    path("", include("openrvr.consoles.demo.urls")) if settings.DEMO else path("", _home)
)

urlpatterns: list[URLPattern | URLResolver] = [
    _start,
    path("", include("openrvr.foundation.people.urls")),
    path("", include("openrvr.foundation.live.urls")),
    path("", include("openrvr.foundation.jobs.urls")),
    path("", include("openrvr.foundation.messages.urls")),
    path("", include("openrvr.consoles.phone.urls")),
    path("", include("openrvr.consoles.guest.urls")),
    path("physical/", include("openrvr.journey.escalation.urls")),
    path("silent/", include("openrvr.journey.silent.urls")),
    path("register/", include("openrvr.consoles.evidence_register.urls")),
    path("evidence/", include("openrvr.journey.evidence.urls")),
    path("control-room/", include("openrvr.consoles.control_room.urls")),
    path("supervisor/", include("openrvr.consoles.supervisor.urls")),
    path("desk/", include("openrvr.consoles.officer_desk.urls")),
]

handler400 = "openrvr.foundation.kit.errors.bad_request"
handler403 = "openrvr.foundation.kit.errors.forbidden"
handler404 = "openrvr.foundation.kit.errors.not_found"
handler500 = "openrvr.foundation.kit.errors.failed"
