"""Fixtures of these tests. Models are imported late: pytest reads this before Django is set up."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tenants.context import bureau_context
from tenants.site import BureauRef

if TYPE_CHECKING:
    from tests.office.organization.cast import Office


@pytest.fixture
def office(fresh_bureau: BureauRef) -> Iterator["Office"]:
    """An office of its own for one test, entered."""
    from tests.office.organization.cast import new_office

    with bureau_context(fresh_bureau):
        yield new_office(fresh_bureau)
