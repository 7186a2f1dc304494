"""Uploads and downloads in one table, so that one process can be both *transfer* and its clients."""

from django.urls import include, path

urlpatterns = [
    path("uploads/", include("asp.blobs.urls_uploads")),
    path("", include("asp.blobs.urls_content")),
]
