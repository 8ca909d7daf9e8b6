from django.urls import path

from openrvr.consoles.supervisor import views

urlpatterns = [
    path("", views.page, name="supervisor"),
    path("board", views.board, name="supervisor_board"),
    path("alarms", views.alarms, name="supervisor_alarms"),
    path("alarms/<int:pk>/acknowledge", views.acknowledge, name="supervisor_acknowledge"),
    path("promises/<int:pk>/take", views.take, name="supervisor_take"),
    path("reports/<slug:reference>/physical", views.physical, name="supervisor_physical"),
]
