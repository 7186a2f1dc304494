"""The register accounts for every number, and nobody can take one out of it."""

import datetime

import pytest
from django.db import ProgrammingError, connection, transaction

from asp.audit.actor import Actor
from asp.ui.moments import today
from office.documents import services
from office.documents.models import NumberAct
from office.documents.selectors import Wanted, accounts_of, numbers_of
from tenants.context import owner_context
from tests.office.documents.registry import Registry


def test_it_accounts_for_every_number(registry: Registry) -> None:
    registry.take()
    registry.void(registry.take())
    registry.reserve(2)
    freed = registry.void(registry.take())
    services.number_free(actor=Actor.system("tests"), account=None, number=freed, reason="补用")
    (accounts,) = accounts_of(Wanted(code=registry.code.pk))
    assert accounts.holds
    assert accounts.states == {"used": 1, "reserved": 2, "void": 1, "free": 1}
    assert (accounts.first_text, accounts.last_text) == (
        f"{registry.code}〔{today().year}〕1号",
        f"{registry.code}〔{today().year}〕5号",
    )


@pytest.mark.parametrize("gone", [1, 3, 5])
def test_a_number_that_was_taken_out_by_hand_is_named(registry: Registry, gone: int) -> None:
    numbers = [registry.take() for _ in range(5)]
    schema = registry.cast.bureau.schema
    with owner_context(), connection.cursor() as cursor:
        key = numbers[gone - 1].pk
        cursor.execute(f'DELETE FROM "{schema}".documents_numberact WHERE number_id = %s', [key])
        cursor.execute(f'DELETE FROM "{schema}".documents_number WHERE id = %s', [key])
    (accounts,) = accounts_of(Wanted(code=registry.code.pk))
    assert not accounts.holds
    assert accounts.missing == [numbers[gone - 1].text]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM documents_number",
        "DELETE FROM documents_numberact",
        "UPDATE documents_numberact SET reason = ''",
        "TRUNCATE documents_numberact",
    ],
)
def test_the_office_itself_cannot_take_anything_out(registry: Registry, statement: str) -> None:
    registry.take()
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert NumberAct.objects.exists()


def test_the_filter(registry: Registry) -> None:
    flood = registry.take(title="关于防汛工作的通知")
    report = registry.take(title="关于财务决算的报告", kind="report", signer="乙科员", addressee="县政府")
    (reserved,) = registry.reserve()
    mine = {"code": registry.code.pk}
    assert list(numbers_of(Wanted(**mine))) == [reserved, report, flood]
    assert list(numbers_of(Wanted(**mine, kind="report"))) == [report]
    assert list(numbers_of(Wanted(**mine, state="reserved"))) == [reserved]
    assert list(numbers_of(Wanted(**mine, text="防汛"))) == [flood]
    assert list(numbers_of(Wanted(**mine, text="县政府 乙科"))) == [report]
    assert list(numbers_of(Wanted(**mine, text="〕2号"))) == [report]
    assert list(numbers_of(Wanted(**mine, since=today()))) == [report, flood]
    assert not numbers_of(Wanted(**mine, until=today() - datetime.timedelta(days=1))).exists()
    assert not numbers_of(Wanted(**mine, year=1999)).exists()


def test_a_filter_survives_a_job() -> None:
    wanted = Wanted(year=0, state="void", since=datetime.date(2026, 1, 2), text="防汛")
    assert Wanted.of_params(wanted.as_params()) == wanted
