"""What the content store adds to a site."""

from django.utils.translation import gettext_lazy as _

from tenants.registry import Function, Privilege, SchemaCost

function = Function(
    code="blobs",
    title=_("Content store"),
    sites=("hall", "host", "bureau"),
    order=20,
    seed="asp.blobs.seeding.seed",
    erase="asp.blobs.seeding.erase",
    restored="asp.blobs.restoring.restored",
    jobs=("asp.blobs.tasks",),
    privileges=(
        # Content is erased by its key and its state; the row stays as the record that it was there.
        Privilege("blobs_blob", ("SELECT", "INSERT", "UPDATE")),
        Privilege("blobs_storageaccount", ("SELECT", "INSERT", "UPDATE")),
    ),
    cost=SchemaCost(tables=3, indexes=5),
)
