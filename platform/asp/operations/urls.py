"""Addresses of running the host, in its console."""

from django.urls import path

from asp.operations import views

app_name = "operations"
urlpatterns = [
    path("health/", views.health, name="health"),
    path("health/line/", views.health_line, name="health-line"),
]
