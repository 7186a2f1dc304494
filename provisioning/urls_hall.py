"""Addresses of the hall (服务大厅)."""

from django.urls import path

from provisioning.views import hall_apply, hall_home, hall_track

app_name = "provisioning"
urlpatterns = [
    path("", hall_home.home, name="home"),
    path("apply/", hall_apply.introduction, name="apply"),
    path("apply/begin/", hall_apply.begin, name="apply-begin"),
    path("apply/address/", hall_apply.address, name="apply-address"),
    path("apply/<uuid:application_id>/", hall_apply.form, name="apply-form"),
    path("apply/<uuid:application_id>/save/", hall_apply.save, name="apply-save"),
    path("apply/<uuid:application_id>/letter/", hall_apply.letter, name="apply-letter"),
    path("apply/<uuid:application_id>/discard/", hall_apply.discard, name="apply-discard"),
    path("apply/<uuid:application_id>/receipt/", hall_apply.receipt, name="apply-receipt"),
    path("track/", hall_track.track, name="track"),
    path("track/leave/", hall_track.leave, name="track-leave"),
    path("track/<uuid:application_id>/", hall_track.detail, name="track-detail"),
    path(
        "track/<uuid:application_id>/activation/<slug:duty>/",
        hall_track.activation,
        name="track-activation",
    ),
]
