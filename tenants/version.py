"""The version of a bureau's schema: a digest of the migrations that the code brings."""

import hashlib
from functools import lru_cache

from django.apps import apps
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from tenants import registry


def bureau_app_labels() -> list[str]:
    """Labels of the apps whose tables every bureau has."""
    names = set(settings.TENANT_APPS)
    return sorted(config.label for config in apps.get_app_configs() if config.name in names)


@lru_cache(maxsize=1)
def known_migrations() -> frozenset[tuple[str, str]]:
    """The migrations of bureaus that the code brings: app labels and names."""
    labels = set(bureau_app_labels())
    return frozenset(key for key in MigrationLoader(connection=None).disk_migrations if key[0] in labels)


@lru_cache(maxsize=1)
def code_version() -> str:
    """Return 16 hexadecimal digits that change whenever a bureau's migrations or declared privileges do."""
    names = sorted(f"{app}.{name}" for app, name in known_migrations())
    rights = sorted(f"{each.table}: {','.join(sorted(each.actions))}" for each in registry.privileges())
    return hashlib.sha256("\n".join(names + rights).encode()).hexdigest()[:16]


def forget() -> None:
    """Look again; for tests that bring migrations."""
    known_migrations.cache_clear()
    code_version.cache_clear()
