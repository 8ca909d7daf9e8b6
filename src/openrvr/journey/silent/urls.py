from django.urls import path

from openrvr.journey.silent import views

urlpatterns = [
    path("alarms", views.band, name="silent_alarms"),
    path("alarms/<int:pk>/confirm", views.confirm, name="silent_confirm"),
    path("alarms/<int:pk>/put-aside", views.put_aside, name="silent_put_aside"),
]
