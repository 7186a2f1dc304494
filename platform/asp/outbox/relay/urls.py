"""Addresses of the console's pages about messages between sites."""

from django.urls import path

from asp.outbox.relay import views

app_name = "outbox"

urlpatterns = [
    path("", views.envelope_list, name="list"),
    path("replay/", views.replay, name="replay"),
    path("route/<uuid:bureau_id>/", views.route, name="route"),
    path("<uuid:envelope_id>/", views.envelope_detail, name="detail"),
    path("<uuid:envelope_id>/discard/", views.discard, name="discard"),
]
