"""Addresses of the audit log, on the host and in each bureau."""

from django.urls import path

from asp.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.entry_list, name="entry-list"),
    path("chain/", views.chain_part, name="chain"),
    path("heads/", views.heads, name="heads"),
    path("verify/", views.verify_start, name="verify"),
    path("exports/", views.export_list, name="exports"),
    path("exports/new/", views.export_start, name="export"),
    path("exports/<uuid:job_id>/", views.export_fetch, name="export-fetch"),
    path("<uuid:entry_id>/", views.entry_detail, name="entry-detail"),
]
