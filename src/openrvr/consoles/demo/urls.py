from django.urls import path

from openrvr.consoles.demo import views

urlpatterns = [
    path("", views.start, name="demo_start"),
    path("demo/addresses", views.addresses, name="demo_addresses"),
    path("demo/as/<slug:slug>", views.take_seat, name="demo_seat"),
    path("demo/phone/", views.phone, name="demo_phone"),
    path("demo/phone/texts", views.texts, name="demo_texts"),
]
