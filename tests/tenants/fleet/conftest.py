"""A database of its own, whose bureaus are of the code's version until a test brings more migrations."""

import os
from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from tenants.site import BureauRef


@pytest.fixture
def fleet_database() -> Iterator[None]:
    """A fresh copy of the prepared database behind this process's connection."""
    from tenants import routing
    from tenants.context import host_context
    from tenants.models import ReadySchema
    from tests.support import databases

    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    former = connection.settings_dict["NAME"]
    connection.close()
    name = databases.copy_bare(f"{worker}_fleet")
    connection.settings_dict["NAME"] = name
    routing.forget()
    with host_context():
        ReadySchema.objects.all().delete()  # their roles have rights in the other copies, too
    yield
    connection.close()
    connection.settings_dict["NAME"] = former
    databases.drop(name)
    routing.forget()


@pytest.fixture
def offices(fleet_database: None) -> Callable[[int], list[BureauRef]]:
    """Return a function that opens so many bureaus called `office1` … The last is the canary."""

    from tests.support import bureaus

    def open_many(count: int) -> list[BureauRef]:
        return [bureaus.open_bureau(slug=f"office{number}") for number in range(1, count + 1)]

    return open_many
