"""Fixtures that every test may use."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

from tenants.site import BureauRef

T = TypeVar("T")


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: object) -> Iterator[None]:
    """The database is ready (see tests.support.databases); pytest-django need not make one."""
    yield


@pytest.fixture(scope="session", autouse=True)
def open_database(django_db_blocker) -> Iterator[None]:  # type: ignore[no-untyped-def]
    """Every test may use the database, and commits."""
    from asp.blobs import store

    store.ensure_bucket()
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> None:
    """The same Argon2 with less work: tests set hundreds of passwords."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost = 1, 256
    Argon2PasswordHasher.parallelism = 1


def _outside_of_loops(work: Callable[[], T]) -> T:
    """Do it here, or in a thread where a browser's event loop runs: Django refuses databases there."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return work()

    def alone() -> T:
        from django.db import connection

        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(alone).result()


@pytest.fixture(scope="module", autouse=True)
def bureaus_of_the_module(open_database: None) -> Iterator[None]:
    """What a module has opened is closed when its tests are over."""
    from tests.support import bureaus

    before = _outside_of_loops(bureaus.open_ids)
    yield
    _outside_of_loops(lambda: bureaus.close(bureaus.open_ids() - before))


@pytest.fixture(autouse=True)
def no_language_left() -> None:
    """Each test begins in the default language, whatever an earlier one activated."""
    from django.utils import translation

    translation.deactivate()


@pytest.fixture
def make_bureau() -> Callable[..., BureauRef]:
    """Return a function that opens a bureau without the application that usually precedes it."""
    from tests.support import bureaus

    return bureaus.open_bureau


@pytest.fixture
def fresh_bureau() -> Iterator[BureauRef]:
    """A bureau that only this test knows, closed after it."""
    from tests.support import bureaus

    bureau = bureaus.open_bureau()
    yield bureau
    bureaus.close([bureau.id])


@pytest.fixture(scope="session")
def bureau_a() -> BureauRef:
    """The bureau of development and reform (发展和改革局), where the story takes place."""
    from tests.support import bureaus

    return bureaus.open_bureau(
        slug="fgj", name="云溪县发展和改革局", name_en="Development and Reform Bureau", lasting=True
    )


@pytest.fixture(scope="session")
def bureau_b() -> BureauRef:
    """The finance bureau (财政局), which must never see anything of the other."""
    from tests.support import bureaus

    return bureaus.open_bureau(slug="czj", name="云溪县财政局", name_en="Finance Bureau", lasting=True)


@pytest.fixture
def quiet_relay() -> None:
    """What other tests have sent and never waited for is not this test's to deliver."""
    from asp.outbox.relay.models import Envelope
    from tenants.context import host_context
    from tenants.models import Doorbell

    with host_context():
        Doorbell.objects.filter(kind="outbox").delete()
        Envelope.objects.filter(state="waiting").delete()
