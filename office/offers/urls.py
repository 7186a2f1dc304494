"""Addresses of the host's offers, below /offers/ in an office."""

from django.urls import path

from office.offers import views

app_name = "offers"
urlpatterns = [
    path("roles/<uuid:roleoffer_id>/", views.role, name="role"),
    path("roles/<uuid:roleoffer_id>/accept/", views.accept, name="accept"),
    path("roles/<uuid:roleoffer_id>/decline/", views.decline, name="decline"),
    path("roles/<uuid:roleoffer_id>/merge/", views.merge, name="merge"),
]
