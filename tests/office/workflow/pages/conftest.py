"""A bureau for each module, with its people, in force during each test."""

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def _world() -> Any:
    # Late: this file is read before Django is ready.
    from tests.office.workflow.pages.world import open_pages
    from tests.support import bureaus

    return open_pages(bureaus.open_bureau())


@pytest.fixture
def world(_world: Any) -> Iterator[Any]:
    from tenants.context import bureau_context

    with bureau_context(_world.bureau):
        yield _world
