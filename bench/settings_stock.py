"""django-tenants as it comes, on our apps and database: the baseline for upgrades."""

import json
import os

from asp.config.settings import *  # noqa: F403

DATABASES["default"]["ENGINE"] = "django_tenants.postgresql_backend"  # noqa: F405
MIGRATION_MODULES = json.loads(os.environ["MORE_MIGRATIONS"])
