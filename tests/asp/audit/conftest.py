"""An office with a sealed log, and hands that reach past the application.

Imports stand inside the fixtures: Django is not set up when this file is read.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tenants.site import BureauRef


@pytest.fixture
def office(fresh_bureau: BureauRef) -> BureauRef:
    """A bureau whose own first entries are sealed."""
    from asp.audit.sealer import seal
    from tenants.context import bureau_context

    with bureau_context(fresh_bureau):
        seal(full=True)
    return fresh_bureau


@pytest.fixture
def sealed(office: BureauRef) -> tuple[BureauRef, list[Any]]:
    """A bureau with eight sealed entries of ours at the end of its chain, sealed in two batches."""
    from asp.audit.sealer import seal
    from tenants.context import bureau_context
    from tests.asp.audit.log import write

    entries = []
    for _ in range(2):
        entries += write(office, 4)
        with bureau_context(office):
            assert seal() == 4
    return office, entries


@pytest.fixture
def as_owner() -> Callable[[BureauRef], Any]:
    """Work in a bureau's schema as the database's owner: nothing is forbidden."""
    from tenants.context import owner_context

    return lambda bureau: owner_context(bureau.schema)
