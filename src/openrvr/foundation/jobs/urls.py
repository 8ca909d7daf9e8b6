from django.urls import path

from openrvr.foundation.jobs import views

urlpatterns = [path("healthz", views.healthz, name="healthz")]
