"""Pages of this app in a bureau's office: besides the common ones, roles and the subject picker."""

from django.urls import path

from asp.accounts.urls_common import common
from asp.accounts.views import roles

app_name = "accounts"
urlpatterns = [
    *common,
    path("roles/", roles.role_list, name="role-list"),
    path("roles/new/", roles.role_create, name="role-create"),
    path("roles/<uuid:role_id>/", roles.role_detail, name="role-detail"),
    path("roles/<uuid:role_id>/edit/", roles.role_update, name="role-update"),
    path("roles/<uuid:role_id>/delete/", roles.role_delete, name="role-delete"),
    path("roles/<uuid:role_id>/grants/", roles.grant_create, name="grant-create"),
    path("roles/<uuid:role_id>/grants/revoke/", roles.grant_revoke, name="grant-revoke"),
    path("subjects/", roles.subject_picker, name="subject-picker"),
]
