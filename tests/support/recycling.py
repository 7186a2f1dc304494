"""Schemas of closed bureaus, swept and used again: sweeping takes a tenth of what building one takes.

What a test leaves behind is rows. A schema whose relations, triggers or privileges are no longer those that it was built
with is left alone and never used again.
"""

from dataclasses import dataclass

from django.db import connection

from tenants import pool, version
from tenants.context import host_context, owner_context
from tenants.models import Bureau
from tenants.site import BureauRef

MOST = 8  # that wait, so that a run which opens many at once does not sweep them all

# What makes the tables of a schema: a table that was rewritten has another file.
_FACTS = """
    SELECT md5(string_agg(fact, E'\\n' ORDER BY fact COLLATE "C")) FROM (
        SELECT concat_ws(' ', relname, relowner, relkind, relnatts, relchecks, relrowsecurity, relacl,
                         CASE WHEN relkind = 'r' THEN relfilenode END)
          FROM pg_class WHERE relnamespace = %(schema)s::regnamespace
        UNION ALL
        SELECT concat_ws(' ', tgrelid::regclass, tgname, tgenabled, tgfoid::regproc) FROM pg_trigger
          JOIN pg_class ON pg_class.oid = tgrelid
         WHERE relnamespace = %(schema)s::regnamespace AND NOT tgisinternal
        UNION ALL
        SELECT concat_ws(' ', proname, prosrc, proacl) FROM pg_proc WHERE pronamespace = %(schema)s::regnamespace
        UNION ALL
        SELECT nspacl::text FROM pg_namespace WHERE oid = %(schema)s::regnamespace
    ) facts (fact)
"""

# As a replica does it: without foreign keys and without the triggers that keep a log from being changed.
_SWEEP = """
    DO $$
    DECLARE
        each record;
    BEGIN
        SET LOCAL session_replication_role = replica;
        FOR each IN SELECT oid::regclass AS name, relkind AS kind FROM pg_class
            WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'S')
              AND relname <> 'django_migrations' AND relname <> 'django_migrations_id_seq'
              AND pg_relation_size(oid) > 0
        LOOP
            IF each.kind = 'S' THEN
                PERFORM setval(each.name, 1, false);
            ELSE
                EXECUTE format('DELETE FROM %s', each.name);
            END IF;
        END LOOP;
    END
    $$
"""


@dataclass(frozen=True)
class Swept:
    """A schema that waits for its next bureau."""

    schema: str
    database: str
    version: str
    facts: str


_waiting: list[Swept] = []
_facts: dict[str, Swept] = {}  # of the schemas in use, when they were claimed


def claim() -> str:
    """A schema as the pool gives it, in the caller's transaction: one that was used before if it is as it was built."""
    code, database = version.code_version(), str(connection.settings_dict["NAME"])
    for each in [one for one in _waiting if (one.version, one.database) == (code, database)]:
        _waiting.remove(each)
        if _facts_of(each.schema) == each.facts:
            _sweep(each.schema)
            _facts[each.schema] = each
            return each.schema
    schema, _from_pool = pool.claim()
    _facts[schema] = Swept(schema, database, code, _facts_of(schema))
    return schema


def give_back(bureau: Bureau) -> None:
    """Let the schema of a closed bureau be used again. Without effect for one that `claim` did not give."""
    known = _facts.pop(bureau.schema_name, None)
    if known is not None and len(_waiting) < MOST and known.version == bureau.version:
        with host_context():
            Bureau.objects.filter(pk=bureau.pk).update(schema_name=f"gone_{bureau.pk.hex}")
        _waiting.append(known)


def _sweep(schema: str) -> None:
    """Empty it, and let every function put its first rows: now, as what it does then may be patched by a test."""
    with owner_context(schema), connection.cursor() as cursor:
        cursor.execute(_SWEEP)
        cursor.execute("SET LOCAL session_replication_role = origin")
    pool.seed(BureauRef(id=None, schema=schema))


def _facts_of(schema: str) -> str:
    with owner_context(), connection.cursor() as cursor:
        cursor.execute(_FACTS, {"schema": schema})
        return str(cursor.fetchone()[0])
