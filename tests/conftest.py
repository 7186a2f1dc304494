"""One cluster for the whole run; each xdist worker works in its own copy of a prepared database.

Tests commit for real: `on_commit`, row locks and database roles behave as in production. What keeps
tests apart is that each takes bureaus of its own (`fresh_bureau`), not a rollback.
"""

import os
from typing import Any

import django
import pytest

from tests.support import databases

if "DATABASE_OWNER_URL" not in os.environ:
    pytest.exit("tests need servers of their own: run `make test`", returncode=4)


def pytest_configure(config: pytest.Config) -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    if not hasattr(config, "workerinput"):
        databases.prepare_template()
    if hasattr(config, "workerinput") or not config.getoption("numprocesses", None):
        databases.use_copy(worker)
        os.environ["DJANGO_SETTINGS_MODULE"] = "asp.config.settings"
        django.setup()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep together what shares something costly."""
    from tests.support.scheduling import Scheduling

    return Scheduling(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        from tests.support.scheduling import longest_first

        longest_first(items)


pytest_plugins = ["tests.support.fixtures"]
