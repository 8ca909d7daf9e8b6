from django.urls import path

from openrvr.consoles.phone import here, leaving, plain, sending, statement, troubles, views

urlpatterns = [
    path("s/<slug:token>", views.link, name="link"),
    path("s/<slug:token>/in-app", troubles.in_app, name="link_in_app"),
    path("p/", views.page, name="phone"),
    path("p/state", views.state, name="phone_state"),
    path("p/live-token", views.live_token, name="phone_live_token"),
    path("p/devices", views.devices, name="phone_devices"),
    path("p/phone-call", troubles.phone_call, name="phone_call"),
    path("p/trouble/<slug:name>", troubles.trouble, name="phone_trouble"),
    path("p/check-in", views.check_in, name="phone_check_in"),
    path("p/here", here.here, name="phone_here"),
    path("p/seen", views.seen, name="phone_seen"),
    path("p/rung", plain.rung, name="phone_rung"),
    path("p/plain", plain.page, name="phone_plain"),
    path("p/plain/ring-back", plain.ring_back, name="phone_ring_back"),
    path("p/plain/photo", plain.photo, name="phone_plain_photo"),
    path("p/plain/video", plain.video, name="phone_plain_video"),
    path("p/photograph/decline", sending.decline, name="phone_decline"),
    path("p/uploads/<uuid:key>", sending.progress, name="phone_upload"),
    path("p/uploads/<uuid:key>/<int:index>", sending.piece, name="phone_piece"),
    path("p/statement/<int:statement_id>/sign", statement.sign, name="phone_sign"),
    path("p/statement/<int:statement_id>/object", statement.object_to, name="phone_object"),
    path("p/leave", leaving.leave, name="phone_leave"),
    path("p/over", views.over, name="phone_over"),
]
