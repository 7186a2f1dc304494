"""What an empty bureau weighs. Catalogue rows are the price of a schema for each bureau."""

from django.db import connection

from tenants import pool, registry
from tenants.context import owner_context

MOST_RELATIONS = 250  # tables and indexes
# Tables that no function declares: Django's own and those of libraries.
LIBRARY_TABLES = ("django_migrations", "axes_")


def test_a_bureau_stays_light():
    name = pool.build()
    with owner_context(name), connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relkind FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind IN ('r', 'i')",
            [name],
        )
        relations = cursor.fetchall()
        cursor.execute(
            "SELECT t.relname, count(*) FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid "
            "WHERE t.relnamespace = %s::regnamespace GROUP BY 1",
            [name],
        )
        indexes = dict(cursor.fetchall())
    pool.discard(name)
    assert len(relations) <= MOST_RELATIONS

    ours = [table for table, kind in relations if kind == "r" and not table.startswith(LIBRARY_TABLES)]
    declared = [each.cost for each in registry.functions()]
    assert sum(each.tables for each in declared) == len(ours), sorted(ours)
    assert sum(each.indexes for each in declared) == sum(indexes[table] for table in ours)
