"""Addresses of notifications, on the host and in each bureau."""

from django.urls import path

from asp.notify import views

app_name = "notify"
urlpatterns = [
    path("", views.notification_list, name="list"),
    path("bell/", views.bell_part, name="bell"),
    path("read/", views.read_all, name="read-all"),
    path("settings/", views.wishes, name="settings"),
    path("<uuid:notification_id>/", views.notification_open, name="open"),
]
