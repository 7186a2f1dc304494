"""Uploads, downloads and the office in one table, so that one process can be web and *transfer*."""

from django.urls import include, path

from asp.config.urls_bureau import urlpatterns as office

urlpatterns = [path("uploads/", include("asp.blobs.urls_uploads")), *office]
