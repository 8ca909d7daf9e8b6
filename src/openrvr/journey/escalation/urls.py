from django.urls import path

from openrvr.journey.escalation import views

urlpatterns = [
    path("alarms", views.alarms, name="alarms"),
    path("alarms/<int:pk>/acknowledge", views.acknowledge, name="acknowledge"),
]
