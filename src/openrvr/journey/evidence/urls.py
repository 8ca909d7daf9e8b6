from django.urls import path

from openrvr.journey.evidence import node_views, views
from openrvr.journey.evidence.player import views as player
from openrvr.journey.evidence.uploads import views as uploads

urlpatterns = [
    path("calls/<uuid:call_id>/begin", views.begin, name="evidence_begin"),
    path(
        "calls/<uuid:call_id>/tracks/<uuid:track_id>/<int:index>",
        views.piece,
        name="evidence_piece",
    ),
    path("calls/<uuid:call_id>/markers", views.marker, name="evidence_marker"),
    path("nodes/state", node_views.state, name="evidence_node_state"),
    path("nodes/<uuid:call_id>", node_views.call, name="evidence_node_call"),
    path(
        "nodes/<uuid:call_id>/<uuid:seat_id>/<slug:number>/<int:index>",
        node_views.piece,
        name="evidence_node_piece",
    ),
    path("exhibits/<uuid:exhibit_id>/", player.exhibit, name="evidence_exhibit"),
    path("exhibits/<uuid:exhibit_id>/copies", player.copies_of, name="evidence_copies"),
    path("exhibits/<uuid:exhibit_id>/captions", player.add_captions, name="evidence_add_captions"),
    path("exhibits/<uuid:exhibit_id>/paper", player.paper, name="evidence_paper"),
    path("tracks/<uuid:track_id>/captions", player.track_captions, name="evidence_captions"),
    path("tracks/<uuid:track_id>/copy", player.track_copy, name="evidence_copy"),
    path("uploads/<uuid:exhibit_id>", uploads.page, name="upload"),
    path("uploads/<uuid:exhibit_id>/picture", uploads.picture, name="upload_picture"),
    path("uploads/<uuid:exhibit_id>/original", uploads.original, name="upload_original"),
]
