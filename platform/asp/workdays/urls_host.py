"""Addresses of the calendar on the host."""

from django.urls import path

from asp.workdays.views import host

app_name = "workdays"
urlpatterns = [
    path("", host.year, name="year"),
    path("import/", host.notice, name="import"),
]
