"""URL table of the content origin (served by *transfer*): downloads by signed address, nobody signs in."""

from django.urls import include, path

from asp.config.urls_common import healthz, readyz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("", include("asp.blobs.urls_content")),
]
handler400 = "asp.ui.views.bad_request"
handler403 = "asp.ui.views.forbidden"
handler404 = "asp.ui.views.not_found"
handler500 = "asp.ui.views.server_error"
