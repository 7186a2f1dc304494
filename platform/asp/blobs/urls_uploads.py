"""`/uploads/`, in the *transfer* process."""

from django.urls import path

from asp.blobs import views_uploads

app_name = "blobs"
urlpatterns = [
    path("", views_uploads.uploads_root, name="uploads"),
    path("<uuid:upload_id>", views_uploads.upload_detail, name="upload"),
]
