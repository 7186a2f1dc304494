"""The settings with more migrations (see `tests.support.migrations`), for commands in a process of their own."""

import json
import os

from asp.config.settings import *  # noqa: F403

MIGRATION_MODULES = json.loads(os.environ["MORE_MIGRATIONS"])
