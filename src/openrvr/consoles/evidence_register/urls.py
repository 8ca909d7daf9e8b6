from django.urls import path

from openrvr.consoles.evidence_register import views

urlpatterns = [
    path("", views.register, name="register"),
    path("<uuid:exhibit_id>/", views.exhibit, name="register_exhibit"),
    path("<uuid:exhibit_id>/categories", views.add_category, name="register_category"),
    path("<uuid:exhibit_id>/review", views.review, name="register_review"),
    path("<uuid:exhibit_id>/hold", views.hold, name="register_hold"),
    path("<uuid:exhibit_id>/disposal", views.ask_disposal, name="register_disposal"),
    path("<uuid:exhibit_id>/lift", views.lift, name="register_lift"),
    path("<uuid:exhibit_id>/decide", views.decide, name="register_decide"),
]
