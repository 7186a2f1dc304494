"""Addresses of exports, below /exports/ in an office."""

from django.urls import path

from asp.exports import views

app_name = "exports"
urlpatterns = [
    path("", views.part, name="part"),
    path("<uuid:job_id>/", views.fetch, name="fetch"),
]
