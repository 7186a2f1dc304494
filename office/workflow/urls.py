"""Addresses of processes and to-do items, below /workflow/ in an office."""

from django.urls import include, path

app_name = "workflow"
urlpatterns = [
    path("processes/", include("office.workflow.urls_manage")),
]
