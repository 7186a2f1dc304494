"""Addresses of the notices, below /notices/ in an office."""

from django.urls import path

from office.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.notice_list, name="list"),
    path("<uuid:hostnotice_id>/", views.notice_detail, name="detail"),
]
