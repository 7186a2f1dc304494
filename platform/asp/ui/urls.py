"""Addresses that every site has, under `ui/`."""

from django.urls import path

from asp.ui import views

app_name = "ui"
urlpatterns = [
    path("accent.css", views.accent, name="accent"),
    path("language/", views.set_language, name="set-language"),
    path("theme/", views.set_theme, name="set-theme"),
]
