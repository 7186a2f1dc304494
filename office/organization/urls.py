"""Pages of the organization, for the system administrator."""

from django.urls import path

from office.organization.views import departments, imports, people, posts

app_name = "organization"

urlpatterns = [
    path("departments/", departments.department_list, name="department-list"),
    path("departments/new/", departments.department_create, name="department-create"),
    path("departments/<uuid:department_id>/", departments.department_edit, name="department-edit"),
    path("departments/<uuid:department_id>/move/", departments.department_move, name="department-move"),
    path("departments/<uuid:department_id>/shift/", departments.department_shift, name="department-shift"),
    path(
        "departments/<uuid:department_id>/dissolve/",
        departments.department_dissolve,
        name="department-dissolve",
    ),
    path("posts/", posts.post_list, name="post-list"),
    path("posts/new/", posts.post_create, name="post-create"),
    path("posts/<uuid:post_id>/", posts.post_edit, name="post-edit"),
    path("posts/<uuid:post_id>/remove/", posts.post_remove, name="post-remove"),
    path("people/", people.member_list, name="member-list"),
    path("people/new/", people.member_create, name="member-create"),
    path("people/export/", people.member_export, name="member-export"),
    path("people/act/", people.member_act, name="member-act"),
    path("people/<uuid:member_id>/", people.member_edit, name="member-edit"),
    path("imports/", imports.import_list, name="import-list"),
    path("imports/template/", imports.import_template, name="import-template"),
    path("imports/<uuid:import_id>/", imports.import_detail, name="import-detail"),
    path("imports/<uuid:import_id>/options/", imports.import_options, name="import-options"),
    path("imports/<uuid:import_id>/confirm/", imports.import_confirm, name="import-confirm"),
    path("imports/<uuid:import_id>/discard/", imports.import_discard, name="import-discard"),
    path("imports/<uuid:import_id>/refused/", imports.import_refused, name="import-refused"),
]
