from django.urls import path

from openrvr.foundation.messages import views

urlpatterns = [path("hooks/notify/receipts", views.notify_receipt, name="notify_receipt")]
