"""Fixtures of making processes: a bureau for each module, in force during each test."""

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def _office() -> Any:
    # Late: this file is read before Django is ready.
    from tests.office.workflow.manage.world import open_office
    from tests.support import bureaus

    return open_office(bureaus.open_bureau())


@pytest.fixture
def office(_office: Any) -> Iterator[Any]:
    from tenants.context import bureau_context

    with bureau_context(_office.bureau):
        yield _office


@pytest.fixture(autouse=True)
def english(no_language_left: None) -> Iterator[None]:
    """What is said is compared in English; tests of the Chinese words say so."""
    from django.utils import translation

    with translation.override("en"):
        yield
