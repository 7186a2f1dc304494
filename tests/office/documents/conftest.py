"""Imports stand inside the fixtures: Django is not set up when this file is read."""

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def documents_office() -> Any:
    """The bureau of all tests of a file."""
    from tests.office.documents.registry import office

    return office()


@pytest.fixture
def registry(documents_office: Any) -> Iterator[Any]:
    """A register of its own for each test."""
    from tenants.context import bureau_context
    from tests.office.documents.registry import register_in

    with bureau_context(documents_office.bureau):
        yield register_in(documents_office)
