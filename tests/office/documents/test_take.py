"""Numbers are consecutive, whoever takes them and whatever fails. Reference §1.3."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from unittest.mock import patch

import pytest
from django.db import connection, transaction

from asp.audit.actor import Actor
from asp.audit.models import Entry as AuditEntry
from asp.ui.moments import today
from office.documents import errors, services
from office.documents.models import Number, Series
from office.documents.selectors import Wanted, accounts_of
from tenants.context import bureau_context
from tests.office.documents.registry import Registry


def test_numbers_follow_each_other(registry: Registry) -> None:
    year = today().year
    texts = [registry.take().text for _ in range(3)]
    assert texts == [f"{registry.code}〔{year}〕{number}号" for number in (1, 2, 3)]


def test_it_is_on_record(registry: Registry) -> None:
    number = registry.take()
    entry = AuditEntry.objects.get(action="documents.number_taken", target_id=number.pk)
    assert (entry.target_name, entry.params["title"]) == (number.text, number.title)
    (act,) = number.acts.all()
    assert (act.kind, act.by_id, act.by_name) == ("used", registry.clerk.pk, registry.clerk.name)


def test_the_year_is_that_of_signing(registry: Registry) -> None:
    with patch("office.documents.services.numbers.today", return_value=datetime.date(2027, 1, 5)):
        assert registry.take(signed_on=datetime.date(2026, 12, 31)).text.endswith("〔2026〕1号")
        assert registry.take(signed_on=datetime.date(2027, 1, 4)).text.endswith("〔2027〕1号")


def test_a_transaction_that_fails_leaves_no_gap(registry: Registry) -> None:
    registry.take()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert registry.take().number == 2
        raise ZeroDivisionError
    assert registry.take().number == 2


def test_fifty_at_once_get_fifty_consecutive_numbers(registry: Registry) -> None:
    barrier = Barrier(10)

    def take(_place: int) -> list[int]:
        try:
            with bureau_context(registry.cast.bureau):
                barrier.wait(timeout=20)
                return [registry.take().number for _ in range(5)]
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        found = [number for each in pool.map(take, range(10)) for number in each]
    assert sorted(found) == list(range(1, 51))
    (accounts,) = accounts_of(Wanted(code=registry.code.pk))
    assert accounts.holds
    assert accounts.states["used"] == accounts.given == 50


def test_a_closed_register_gives_none(registry: Registry) -> None:
    number = registry.take()
    services.series_close(actor=Actor.system("tests"), series=number.series)
    with pytest.raises(errors.SeriesClosed):
        registry.take()
    services.series_reopen(actor=Actor.system("tests"), series=number.series, reason="漏登一件")
    assert registry.take().number == 2


def test_a_stopped_code_gives_none(registry: Registry) -> None:
    services.code_stop(actor=Actor.system("tests"), code=registry.code)
    with pytest.raises(errors.CodeStopped):
        registry.take()


def test_what_is_not_signed_yet_gets_none(registry: Registry) -> None:
    with pytest.raises(errors.DateAhead):
        registry.take(signed_on=today() + datetime.timedelta(days=1))
    assert not Series.objects.filter(code=registry.code).exists()


@pytest.mark.parametrize("title", ["", "  ", "字" * 301])
def test_a_title_has_one_to_three_hundred_characters(registry: Registry, title: str) -> None:
    with pytest.raises(errors.TextUnfit):
        registry.take(title=title)


def test_a_title_of_three_hundred_characters_is_kept_whole(registry: Registry) -> None:
    assert registry.take(title="字" * 300).title == "字" * 300


@pytest.mark.parametrize("title", ["机密★10年 关于某事的通知", "绝密 ★通知", "关于秘密★的通知"])
def test_a_secret_gets_none(registry: Registry, title: str) -> None:
    with pytest.raises(errors.SecretText):
        registry.take(title=title)
    assert not Number.objects.filter(series__code=registry.code).exists()


def test_orders_are_numbered_on_through_the_years(registry: Registry) -> None:
    code = services.code_create(actor=Actor.system("tests"), code=f"{registry.code}令", style="orders")
    services.series_begin(actor=Actor.system("tests"), code=code, year=0, first=809)
    with patch("office.documents.services.numbers.today", return_value=datetime.date(2027, 1, 5)):
        assert registry.take(code, signed_on=datetime.date(2026, 12, 31)).text == "第809号"
        assert registry.take(code, signed_on=datetime.date(2027, 1, 4)).text == "第810号"


def test_a_register_begins_where_paper_ended(registry: Registry) -> None:
    year = today().year
    services.series_begin(actor=Actor.system("tests"), code=registry.code, year=year, first=38)
    assert registry.take().number == 38
    (accounts,) = accounts_of(Wanted(code=registry.code.pk))
    assert accounts.holds
    with pytest.raises(errors.SeriesBegun):
        services.series_begin(actor=Actor.system("tests"), code=registry.code, year=year, first=1)
