from django.urls import path

from openrvr.journey.evidence import views

urlpatterns = [
    path("calls/<uuid:call_id>/begin", views.begin, name="evidence_begin"),
    path(
        "calls/<uuid:call_id>/tracks/<uuid:track_id>/<int:index>",
        views.piece,
        name="evidence_piece",
    ),
]
