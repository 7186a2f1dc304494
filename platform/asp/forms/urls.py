"""Addresses of this app in a bureau's office, below /forms/."""

from django.urls import path

from asp.forms import views

app_name = "forms"
urlpatterns = [
    path("find/person/", views.find, {"kind": "person"}, name="find-person"),
    path("find/department/", views.find, {"kind": "department"}, name="find-department"),
]
