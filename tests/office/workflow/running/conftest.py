"""A bureau for each module, with its people, in force during each test."""

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def _world() -> Any:
    # Late: this file is read before Django is ready.
    from tests.office.workflow.running.world import open_world
    from tests.support import bureaus

    return open_world(bureaus.open_bureau())


@pytest.fixture
def world(_world: Any) -> Iterator[Any]:
    from tenants.context import bureau_context

    with bureau_context(_world.bureau):
        yield _world
