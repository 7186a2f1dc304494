"""Addresses of processes and the to-do list, below /workflow/ in an office."""

from django.urls import include, path

from office.workflow import urls_insight, urls_work

app_name = "workflow"
urlpatterns = [
    path("processes/", include("office.workflow.urls_manage")),
    *urls_insight.urlpatterns,
    *urls_work.urlpatterns,
]
