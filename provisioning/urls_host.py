"""Addresses of applications and bureaus in the host console."""

from django.urls import path

from provisioning.views import (
    host_announcements,
    host_applications,
    host_bureaus,
    host_fleet,
    host_openings,
    host_overview,
    host_role_templates,
)

app_name = "provisioning"
urlpatterns = [
    path("", host_overview.overview, name="overview"),
    path("applications/", host_applications.application_list, name="application-list"),
    path("applications/<uuid:application_id>/", host_applications.detail, name="application-detail"),
    path("applications/<uuid:application_id>/letter/", host_applications.letter, name="application-letter"),
    path(
        "applications/<uuid:application_id>/correct/", host_applications.correct, name="application-correct"
    ),
    path("applications/<uuid:application_id>/reject/", host_applications.reject, name="application-reject"),
    path(
        "applications/<uuid:application_id>/approve/", host_applications.approve, name="application-approve"
    ),
    path("applications/<uuid:application_id>/open/", host_openings.start, name="opening-start"),
    path("applications/openings/<uuid:opening_id>/", host_openings.detail, name="opening-detail"),
    path("applications/openings/<uuid:opening_id>/steps/", host_openings.steps, name="opening-steps"),
    path("applications/openings/<uuid:opening_id>/stop/", host_openings.stop, name="opening-stop"),
    path("bureaus/", host_bureaus.bureau_list, name="bureau-list"),
    path("bureaus/export/", host_bureaus.export, name="bureau-export"),
    path("bureaus/<uuid:bureau_id>/", host_bureaus.detail, name="bureau-detail"),
    path("bureaus/<uuid:bureau_id>/names/", host_bureaus.names, name="bureau-names"),
    path("bureaus/<uuid:bureau_id>/resources/", host_bureaus.resources, name="bureau-resources"),
    path("bureaus/<uuid:bureau_id>/address/", host_bureaus.address, name="bureau-address"),
    path("bureaus/<uuid:bureau_id>/suspend/", host_bureaus.suspend, name="bureau-suspend"),
    path("bureaus/<uuid:bureau_id>/resume/", host_bureaus.resume, name="bureau-resume"),
    path("versions/", host_fleet.versions, name="versions"),
    path("versions/part/", host_fleet.part, name="versions-part"),
    path("versions/upgrade/", host_fleet.upgrade_all, name="fleet-upgrade"),
    path("versions/<uuid:bureau_id>/upgrade/", host_fleet.upgrade_one, name="bureau-upgrade"),
    path("announcements/", host_announcements.announcement_list, name="announcement-list"),
    path("announcements/new/", host_announcements.create, name="announcement-create"),
    path("announcements/<uuid:announcement_id>/", host_announcements.detail, name="announcement-detail"),
    path(
        "announcements/<uuid:announcement_id>/withdraw/",
        host_announcements.withdraw,
        name="announcement-withdraw",
    ),
    path("role-templates/", host_role_templates.template_list, name="role-template-list"),
    path("role-templates/new/", host_role_templates.create, name="role-template-create"),
    path("role-templates/<uuid:roletemplate_id>/", host_role_templates.detail, name="role-template-detail"),
    path(
        "role-templates/<uuid:roletemplate_id>/change/",
        host_role_templates.change,
        name="role-template-change",
    ),
    path(
        "role-templates/<uuid:roletemplate_id>/publish/",
        host_role_templates.publish,
        name="role-template-publish",
    ),
    path(
        "role-templates/<uuid:roletemplate_id>/withdraw/",
        host_role_templates.withdraw,
        name="role-template-withdraw",
    ),
    path(
        "role-templates/<uuid:roletemplate_id>/discard/",
        host_role_templates.discard,
        name="role-template-discard",
    ),
]
