from django.urls import path

from openrvr.foundation.live import views

urlpatterns = [path("live-token/", views.renew_token, name="live_token")]
