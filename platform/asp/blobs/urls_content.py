"""The content origin."""

from django.urls import path

from asp.blobs import views_content

app_name = "content"
urlpatterns = [
    path("d/<str:token>/<str:filename>", views_content.download, name="download"),
]
