"""Role and search path follow the context, through threads, failures and nesting."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, transaction

from tenants import context
from tenants.context import NoContextError, bureau_context, current_bureau, host_context
from tenants.models import Bureau


def where() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_schema()")
        return cursor.fetchone()


def test_it_sets_role_and_path(bureau_a, bureau_b):
    with bureau_context(bureau_a):
        assert where() == (bureau_a.role, bureau_a.schema)
        with bureau_context(bureau_b):
            assert where() == (bureau_b.role, bureau_b.schema)
        assert where() == (bureau_a.role, bureau_a.schema)
    with host_context():
        assert where() == ("asp_host", "public")


def test_outside_of_any_context_nothing_can_be_read():
    with pytest.raises(DatabaseError), transaction.atomic():
        Bureau.objects.count()
    with pytest.raises(NoContextError):
        current_bureau()


def test_it_returns_after_a_rolled_back_savepoint(bureau_a, bureau_b):
    with bureau_context(bureau_a), transaction.atomic():
        where()
        with pytest.raises(ZeroDivisionError), transaction.atomic(), bureau_context(bureau_b):
            where()
            raise ZeroDivisionError
        assert where() == (bureau_a.role, bureau_a.schema)


def test_a_failed_statement_leaves_nobody_in_another_bureau(bureau_a, bureau_b):
    with bureau_context(bureau_a):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            try:
                cursor.execute("SELECT 1/0")
            finally:
                # The SET for the other bureau cannot succeed in a failed transaction.
                with bureau_context(bureau_b), pytest.raises(DatabaseError):
                    connection.cursor().execute("SELECT 1")
        assert where() == (bureau_a.role, bureau_a.schema)


def test_a_bureau_cannot_touch_another_nor_the_host(bureau_a, bureau_b):
    attempts = [
        f"SELECT count(*) FROM {bureau_b.schema}.accounts_account",
        "SELECT count(*) FROM public.tenants_bureau",
        "SELECT count(*) FROM public.accounts_account",
        "SELECT count(*) FROM public.tenants_doorbell",
        "CREATE TABLE leak (a int)",
        "TRUNCATE accounts_account CASCADE",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "DELETE FROM audit_entry",
        "UPDATE audit_entry SET action = 'x'",
        "UPDATE django_migrations SET name = 'x'",
        f"INSERT INTO public.tenants_doorbell (id, bureau_id, kind, rung_at) VALUES "
        f"(gen_random_uuid(), '{bureau_b.id}', 'job', now())",
    ]
    with bureau_context(bureau_a):
        for attempt in attempts:
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(attempt)
                pytest.fail(f"allowed: {attempt}")


def test_threads_do_not_share_a_context(bureau_a, bureau_b):
    def visit(number: int) -> bool:
        bureau = (bureau_a, bureau_b)[number % 2]
        try:
            with bureau_context(bureau):
                return all(where() == (bureau.role, bureau.schema) for _ in range(20))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(visit, range(64)))


def test_a_connection_closes_after_many_bureaus(bureau_a):
    with bureau_context(bureau_a):
        where()
        connection._visited.update(f"b_{n}" for n in range(400))
        connection.close_if_unusable_or_obsolete()
        assert connection.connection is None
        assert where() == (bureau_a.role, bureau_a.schema)


def test_the_default_context_is_nobody():
    assert context.current_context() is context.NOBODY
