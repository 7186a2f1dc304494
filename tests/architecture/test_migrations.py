"""Migrations of bureaus are text: one plan for all offices, no Python in each of them (ADR 0016)."""

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tenants.fleet.recording import can_be_replayed
from tenants.version import bureau_app_labels

# Third-party apps whose migrations take Django's own path in each bureau; this list may only shrink.
DJANGOS_PATH = frozenset({"axes.0007_alter_accessattempt_unique_together"})


def test_every_migration_of_bureaus_can_be_replayed(fresh_bureau):
    from tenants.context import owner_context

    labels = set(bureau_app_labels())
    with owner_context(fresh_bureau.schema):
        loader = MigrationLoader(connection)
        slow = {
            f"{app}.{name}"
            for (app, name), migration in loader.disk_migrations.items()
            if app in labels and not can_be_replayed(migration)
        }
    assert slow == DJANGOS_PATH, "move the change of data into a resumable job, or make the migration atomic"
