"""URL table of the *transfer* process on the sites where people sign in, and on the hall: uploads."""

from django.urls import include, path

from asp.config.urls_common import healthz, readyz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("uploads/", include("asp.blobs.urls_uploads")),
]
handler400 = "asp.ui.views.bad_request"
handler403 = "asp.ui.views.forbidden"
handler404 = "asp.ui.views.not_found"
handler500 = "asp.ui.views.server_error"
