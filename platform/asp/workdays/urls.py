"""Addresses of the calendar in an office."""

from django.urls import path

from asp.workdays.views import office

app_name = "workdays"
urlpatterns = [
    path("", office.year, name="year"),
    path("own/", office.local, name="local"),
    path("own/<uuid:day_id>/remove/", office.local_remove, name="local-remove"),
]
