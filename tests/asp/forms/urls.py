"""A site with nothing but forms, so that a page asks no database."""

from django.urls import include, path

urlpatterns = [path("forms/", include("asp.forms.urls")), path("", include("asp.ui.urls"))]
