"""Addresses of background work on the host, which also counts what waits in the offices."""

from django.urls import path

from asp.jobs import urls, views

app_name = urls.app_name
urlpatterns = [*urls.urlpatterns, path("offices/", views.offices, name="offices")]
