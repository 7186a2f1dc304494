"""Every model of a bureau, at the level of the database: no role reads another's rows."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from tenants.context import bureau_context, host_context
from tenants.version import bureau_app_labels


def tables() -> list[str]:
    return sorted(
        model._meta.db_table
        for label in bureau_app_labels()
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
    )


@pytest.mark.parametrize("table", tables())
def test_another_bureau_and_the_host_cannot_touch_it(table, bureau_a, bureau_b):
    for context in (bureau_context(bureau_b), host_context()):
        with context:
            for statement in ("SELECT * FROM {}", "DELETE FROM {}", "UPDATE {} SET id = id"):
                with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(statement.format(f"{bureau_a.schema}.{table}"))
                    pytest.fail(f"{statement} was allowed")


@pytest.mark.parametrize("table", tables())
def test_the_bureau_itself_reads_it(table, bureau_a):
    with bureau_context(bureau_a), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")


def test_shared_tables_are_only_the_declared_ones(bureau_a):
    """Whatever a bureau's role may do in the public schema is on this list, which may only shrink."""
    declared = {
        ("tenants_doorbell", "INSERT"),
        # What the State Council tells everybody: no bureau has rows in them.
        ("workdays_national_year", "SELECT"),
        ("workdays_national_day", "SELECT"),
        ("workdays_national_change", "SELECT"),
    }
    with bureau_context(bureau_a), connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a FROM pg_class c, unnest(array['SELECT','INSERT','UPDATE','DELETE']) a "
            "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' "
            "AND has_table_privilege(current_user, c.oid, a)"
        )
        assert set(cursor.fetchall()) == declared


def test_a_bureau_cannot_ring_for_another(bureau_a, bureau_b):
    from tenants.models import Doorbell

    with bureau_context(bureau_a), pytest.raises(DatabaseError), transaction.atomic():
        Doorbell.objects.bulk_create([Doorbell(bureau_id=bureau_b.id, kind="job")])
