from django.urls import path

from openrvr.consoles.supervisor import views

urlpatterns = [
    path("", views.page, name="supervisor"),
    path("board", views.board, name="supervisor_board"),
    path("promises/<int:pk>/take", views.take, name="supervisor_take"),
    path("reports/<slug:reference>/physical", views.physical, name="supervisor_physical"),
]
