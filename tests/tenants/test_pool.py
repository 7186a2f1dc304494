"""Claiming ready schemas."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from tenants import pool
from tenants.context import host_context, owner_context
from tenants.models import ReadySchema


def schemas() -> set[str]:
    with owner_context(), connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'b\\_%%'", [])
        return {row[0] for row in cursor.fetchall()}


def test_two_claims_at_once_get_two_schemas():
    pool.fill(4)

    def claim(_: int) -> str:
        try:
            with host_context(), transaction.atomic():
                return pool.claim()[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        names = list(threads.map(claim, range(4)))
    assert len(set(names)) == 4


def test_a_failed_opening_puts_the_schema_back():
    pool.fill(1)
    with host_context():
        before = ReadySchema.objects.count()
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            pool.claim()
            raise ZeroDivisionError
        assert ReadySchema.objects.count() == before


def test_with_an_empty_pool_a_failed_opening_leaves_no_schema():
    with host_context():
        ReadySchema.objects.all().delete()
    before = schemas()
    with pytest.raises(ZeroDivisionError), host_context(), transaction.atomic():
        _name, from_pool = pool.claim()
        assert not from_pool
        raise ZeroDivisionError
    assert schemas() == before


def test_a_bureaus_schema_cannot_be_discarded(fresh_bureau):
    with pytest.raises(ValueError, match="belongs to a bureau"):
        pool.discard(fresh_bureau.schema)


def test_a_schema_that_is_built_is_in_the_pool_or_not_there(monkeypatch: pytest.MonkeyPatch):
    """A worker that dies between building and noting leaves no schema that nobody knows."""
    before = schemas()

    def dies(**_fields: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(ReadySchema.objects, "create", dies)
    with pytest.raises(ZeroDivisionError):
        pool.fill(len(before) + 1)
    assert schemas() == before
