"""The office's home."""

from django.urls import path

from office.workbench import views

app_name = "workbench"

urlpatterns = [path("", views.home, name="home")]
