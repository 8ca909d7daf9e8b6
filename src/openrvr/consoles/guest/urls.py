from django.urls import path

from openrvr.consoles.guest import views

urlpatterns = [
    path("g/<slug:token>", views.link, name="guest_link"),
    path("guest/", views.page, name="guest"),
    path("guest/state", views.state, name="guest_state"),
    path("guest/live-token", views.live_token, name="guest_live_token"),
    path("guest/join", views.join, name="guest_join"),
    path("guest/leave", views.leave, name="guest_leave"),
]
