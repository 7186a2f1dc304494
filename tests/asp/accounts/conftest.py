"""Offices with their three administrators. Imports of the application wait until Django is set up."""

from types import SimpleNamespace

import pytest


@pytest.fixture(autouse=True)
def no_earlier_failures():
    """The source counter is shared by all bureaus, so one test's failures would reach the next."""
    from asp.accounts import sources

    sources.forget("127.0.0.1")


@pytest.fixture(scope="session")
def shared_office():
    """One bureau whose three administrators no test may change."""
    from tests.asp.accounts import helpers
    from tests.support import bureaus

    return helpers.office(bureaus.open_bureau(lasting=True))


@pytest.fixture
def office(shared_office):
    """The shared bureau, with a member of staff who is this test's own."""
    from tests.asp.accounts import helpers
    from tests.support.client import SiteClient

    with helpers.at(shared_office.bureau):
        chen = helpers.staff(full_name="陈若水", phone=helpers.phone(), email=f"{helpers.name()}@example.org")
    return SimpleNamespace(
        **{**vars(shared_office), "client": SiteClient(shared_office.bureau), "chen": chen}
    )


@pytest.fixture
def own_office(fresh_bureau):
    """A bureau of this test's own, for what changes its administrators."""
    from tests.asp.accounts import helpers

    return helpers.office(fresh_bureau)


@pytest.fixture
def host_administrators():
    """The host's three administrators; there can be only one set per database."""
    from tests.asp.accounts import helpers

    return helpers.host_administrators()


@pytest.fixture
def travel(monkeypatch):
    """Move the clock of this process: `travel(minutes=31)`."""
    import time as time_module
    from datetime import timedelta

    from django.utils import timezone

    real_now, real_time = timezone.now, time_module.time
    shift = timedelta()
    monkeypatch.setattr(timezone, "now", lambda: real_now() + shift)
    monkeypatch.setattr("axes.handlers.proxy.now", lambda: real_now() + shift)
    monkeypatch.setattr(time_module, "time", lambda: real_time() + shift.total_seconds())

    def move(**amount: int) -> None:
        nonlocal shift
        shift += timedelta(**amount)

    return move
