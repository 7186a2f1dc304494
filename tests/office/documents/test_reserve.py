"""Reserved numbers are used, voided, or lapse on their day; always in the register."""

import datetime
from unittest.mock import patch

import pytest

from asp.audit.actor import Actor
from asp.ui.moments import today
from office.documents import errors, services
from office.documents.models import NumberState
from office.documents.selectors import Wanted, accounts_of
from office.documents.services.numbers import lapsing
from tests.office.documents.registry import Registry


def test_documents_are_numbered_behind_what_is_reserved(registry: Registry) -> None:
    assert [each.number for each in registry.reserve(3)] == [1, 2, 3]
    assert registry.take().number == 4


def test_it_is_used_for_a_document_of_its_year(registry: Registry) -> None:
    (number,) = registry.reserve()
    used = services.number_use(
        actor=Actor.of_account(registry.clerk), account=registry.clerk, number=number, entry=registry.entry()
    )
    assert (used.state, used.reserved_until, used.title) == (NumberState.USED, None, registry.entry().title)


def test_it_is_not_used_for_a_document_of_another_year(registry: Registry) -> None:
    (number,) = registry.reserve()
    before = datetime.date(today().year - 1, 12, 30)
    with pytest.raises(errors.NotThisYear):
        services.number_use(
            actor=Actor.system("tests"), account=None, number=number, entry=registry.entry(signed_on=before)
        )


def test_it_lapses_after_its_day_and_stays(registry: Registry) -> None:
    registry.reserve(2)
    assert not lapsing().filter(series__code=registry.code).exists()
    with patch("office.documents.services.numbers.today", return_value=today() + datetime.timedelta(days=1)):
        assert services.numbers_lapse() >= 2
    (accounts,) = accounts_of(Wanted(code=registry.code.pk))
    assert accounts.holds
    assert accounts.states == {"used": 0, "reserved": 0, "void": 2, "free": 0}


@pytest.mark.parametrize("count", [0, 21])
def test_not_more_than_somebody_needs(registry: Registry, count: int) -> None:
    with pytest.raises(errors.TooManyNumbers):
        registry.reserve(count)


def test_it_ends_within_its_year(registry: Registry) -> None:
    for until in (today() - datetime.timedelta(days=1), datetime.date(today().year + 1, 1, 1)):
        with pytest.raises(errors.ReservationInvalid):
            registry.reserve(until=until)
