"""Addresses of the file centre, below /library/ in an office."""

from django.urls import path

from office.library.views import acts, content, pages, sharing, trash

app_name = "library"
urlpatterns = [
    path("", pages.home, name="home"),
    path("shared/", pages.shared, name="shared"),
    path("recent/", pages.recent, name="recent"),
    path("move/", acts.move, name="move"),
    path("trash/", trash.listing, name="trash"),
    path("trash/put/", trash.put, name="trash-put"),
    path("trash/restore/", trash.restore, name="trash-restore"),
    path("trash/erase/", trash.erase, name="trash-erase"),
    path("trash/empty/", trash.empty, name="trash-empty"),
    path("<uuid:node_id>/", pages.node, name="node"),
    path("<uuid:node_id>/details/", pages.pane, name="details"),
    path("<uuid:node_id>/folders/", acts.create, name="folder-create"),
    path("<uuid:node_id>/rename/", acts.rename, name="rename"),
    path("<uuid:node_id>/names/", content.names, name="names"),
    path("<uuid:node_id>/download/", content.download, name="download"),
    path("<uuid:node_id>/versions/<int:number>/download/", content.download, name="version-download"),
    path("<uuid:node_id>/versions/<int:number>/restore/", content.restore_version, name="version-restore"),
    path("<uuid:node_id>/subjects/", sharing.subjects, name="subjects"),
    path("<uuid:node_id>/access/", sharing.grant, name="access-grant"),
    path("<uuid:node_id>/access/<uuid:access_id>/", sharing.change, name="access-change"),
    path("<uuid:node_id>/access/<uuid:access_id>/revoke/", sharing.revoke, name="access-revoke"),
]
