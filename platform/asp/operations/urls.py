"""Addresses of running the host, in its console."""

from django.urls import path

from asp.operations import views
from asp.operations.backups import views as backups

app_name = "operations"
urlpatterns = [
    path("health/", views.health, name="health"),
    path("health/line/", views.health_line, name="health-line"),
    path("backups/", backups.backups, name="backups"),
    path("backups/now/", backups.backup_now, name="backup-now"),
]
