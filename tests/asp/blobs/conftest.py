"""Fixtures: one bureau with a person in it who uploads.

Imports are late: this file is read before the settings are known.
"""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tenants.site import BureauRef, Site
    from tests.asp.blobs.support import Tus


@pytest.fixture(autouse=True)
def transfer_urls(settings) -> None:  # type: ignore[no-untyped-def]
    """What *transfer* serves, on every site."""
    from tests.asp.blobs import support

    settings.URL_TABLES = dict.fromkeys(settings.URL_TABLES, "tests.asp.blobs.urls")
    support.finished.clear()


@pytest.fixture(scope="session")
def upload_bureau() -> "BureauRef":
    """One bureau for all these tests; a fresh one for each of them would cost more than the tests."""
    from tests.support import bureaus

    return bureaus.open_bureau(lasting=True)


@pytest.fixture
def bureau(upload_bureau: "BureauRef") -> "Site":
    """That bureau, open, and without any content."""
    from tenants.site import Site
    from tests.asp.blobs import support

    site = Site("bureau", upload_bureau)
    support.empty(site)
    return site


@pytest.fixture
def tus(bureau: "Site") -> "Tus":
    """A member of staff of the bureau, signed in."""
    from tests.asp.blobs import people, support

    return support.Tus(people.staff_client(bureau.bureau), bureau)


@pytest.fixture
def colleague(bureau: "Site") -> "Tus":
    """Another member of staff of the same bureau."""
    from tests.asp.blobs import people, support

    return support.Tus(people.staff_client(bureau.bureau), bureau)


@pytest.fixture
def hall() -> "Tus":
    """Somebody in the hall who has not signed in."""
    from tenants.site import Site
    from tests.asp.blobs.support import Tus
    from tests.support.client import SiteClient

    return Tus(SiteClient("hall"), Site("hall"))
