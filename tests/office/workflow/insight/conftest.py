"""A bureau for each module, with somebody who oversees processes and somebody who designs them."""

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def _world() -> Any:
    # Late: this file is read before Django is ready.
    from tests.office.workflow.insight.story import open_story
    from tests.support import bureaus

    return open_story(bureaus.open_bureau())


@pytest.fixture
def world(_world: Any) -> Iterator[Any]:
    from tenants.context import bureau_context

    with bureau_context(_world.bureau):
        yield _world
