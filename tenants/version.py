"""The version of a bureau's schema: a digest of the migrations that the code brings."""

import hashlib
from functools import lru_cache

from django.apps import apps
from django.conf import settings
from django.db.migrations.loader import MigrationLoader


def bureau_app_labels() -> list[str]:
    """Labels of the apps whose tables every bureau has."""
    names = set(settings.TENANT_APPS)
    return sorted(config.label for config in apps.get_app_configs() if config.name in names)


@lru_cache(maxsize=1)
def code_version() -> str:
    """Return 16 hexadecimal digits that change whenever a bureau's migrations do."""
    labels = set(bureau_app_labels())
    loader = MigrationLoader(connection=None)
    names = sorted(f"{app}.{name}" for app, name in loader.disk_migrations if app in labels)
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]
