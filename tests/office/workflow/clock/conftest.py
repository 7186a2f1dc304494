"""Fixtures of these tests: a bureau for each module, in force during each test."""

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def _world() -> Any:
    # Late: this file is read before Django is ready.
    from tests.office.workflow.clock.world import open_world
    from tests.support import bureaus

    return open_world(bureaus.open_bureau())


@pytest.fixture
def world(_world: Any) -> Iterator[Any]:
    from office.workflow.models import Absence, Step
    from tenants.context import bureau_context

    with bureau_context(_world.bureau):
        Absence.objects.all().delete()
        Step.objects.update(next_at=None)
        yield _world
