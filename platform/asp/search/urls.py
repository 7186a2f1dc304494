"""The address of the results page."""

from django.urls import path

from asp.search import views

app_name = "search"
urlpatterns = [
    path("", views.results, name="results"),
]
