"""Addresses of this app in a bureau's office, below /forms/."""

from django.urls import path

from asp.forms import views

app_name = "forms"
urlpatterns = [path("find/<slug:kind>/", views.find, name="find")]
