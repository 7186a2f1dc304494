"""Addresses of the isolation self-test, in each bureau's office."""

from django.urls import path

from asp.assurance import views

app_name = "assurance"
urlpatterns = [
    path("", views.home, name="home"),
    path("part/", views.part, name="part"),
    path("run/", views.run, name="run"),
    path("<uuid:run_id>/", views.detail, name="detail"),
]
