"""Addresses of live updates; `stream` itself is answered by the realtime process."""

from django.urls import path

from asp.live import views

app_name = "live"

urlpatterns = [path("ticket", views.ticket, name="ticket")]
