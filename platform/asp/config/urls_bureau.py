"""URL table of the bureau's office."""

from asp.config.urls_common import urls_of

urlpatterns = urls_of("bureau")
handler400 = "asp.ui.views.bad_request"
handler403 = "asp.ui.views.forbidden"
handler404 = "asp.ui.views.not_found"
handler500 = "asp.ui.views.server_error"
