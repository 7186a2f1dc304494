"""Every fact that PostgreSQL's catalogue holds about one schema, with the schema's own name taken out.

Two schemas of one version agree in all of them, privileges and policies included, however they came about:
replayed, migrated by Django, or upgraded.
"""

import re

from django.db import connection

from tenants.context import owner_context
from tenants.version import known_migrations

# Each query gives rows of text; `%(schema)s` is the schema, which is also its role.
# Places of columns are counted without dropped ones: a migrated table remembers those, a dumped one cannot.
FACTS = {
    "relations": """
        SELECT c.relname, c.relkind, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity,
               c.reloptions, c.relacl::text, pg_get_userbyid(c.relowner), obj_description(c.oid)
        FROM pg_class c WHERE c.relnamespace = %(schema)s::regnamespace""",
    "columns": """
        SELECT c.relname, a.attname, row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum), format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
               a.attgenerated, a.attstorage, a.attcompression, a.attcollation::regcollation::text, a.attacl::text,
               pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = %(schema)s::regnamespace AND NOT a.attisdropped AND a.attnum > 0""",
    "constraints": """
        SELECT t.relname, c.conname, c.contype, c.condeferrable, c.condeferred, c.convalidated,
               pg_get_constraintdef(c.oid)
        FROM pg_constraint c LEFT JOIN pg_class t ON t.oid = c.conrelid
        WHERE c.connamespace = %(schema)s::regnamespace""",
    "indexes": """
        SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), i.indisunique, i.indisprimary,
               i.indisvalid, i.indisclustered, i.indisreplident
        FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
        WHERE c.relnamespace = %(schema)s::regnamespace""",
    "sequences": """
        SELECT sequencename, data_type::text, start_value, min_value, max_value, increment_by, cycle, cache_size
        FROM pg_sequences WHERE schemaname = %(schema)s""",
    "policies": """
        SELECT tablename, policyname, permissive, roles::text, cmd, qual, with_check
        FROM pg_policies WHERE schemaname = %(schema)s""",
    "triggers": """
        SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid), t.tgenabled
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = %(schema)s::regnamespace AND NOT t.tgisinternal""",
    "functions": """
        SELECT p.proname, pg_get_functiondef(p.oid), p.proacl::text
        FROM pg_proc p WHERE p.pronamespace = %(schema)s::regnamespace""",
    "types": """
        SELECT t.typname, t.typtype, t.typacl::text FROM pg_type t
        WHERE t.typnamespace = %(schema)s::regnamespace""",
    "statistics": """
        SELECT stxname, pg_get_statisticsobjdef(oid) FROM pg_statistic_ext
        WHERE stxnamespace = %(schema)s::regnamespace""",
    "default privileges": """
        SELECT pg_get_userbyid(defaclrole), defaclobjtype, defaclacl::text FROM pg_default_acl
        WHERE defaclnamespace = %(schema)s::regnamespace""",
    "schema": "SELECT nspacl::text FROM pg_namespace WHERE nspname = %(schema)s",
    "role": """
        SELECT r.rolinherit, r.rolcanlogin, r.rolsuper, r.rolbypassrls,
               (SELECT array_agg(g.rolname || m.inherit_option || m.set_option ORDER BY 1)
                FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid),
               (SELECT array_agg(g.rolname || m.inherit_option || m.set_option ORDER BY 1)
                FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.member WHERE m.roleid = r.oid)
        FROM pg_roles r WHERE r.rolname = %(schema)s""",
}


# PostgreSQL spells `x IN ('a', 'b')` with other casts and brackets once it has read its own dump.
SPELT_ANEW = {"columns", "constraints", "indexes"}
_SPELLING = re.compile(r"::(character varying|text)(\[\])?|[()]")


def _spelt(fact: str) -> str:
    return _SPELLING.sub("", fact)


def facts(schema: str) -> dict[str, set[str]]:
    """Return the facts of `schema` by kind, each as text in which its name stands as `<schema>`."""
    found: dict[str, set[str]] = {}
    with owner_context(schema), connection.cursor() as cursor:
        for kind, query in FACTS.items():
            cursor.execute(query, {"schema": schema})
            rows = (repr(row).replace(schema, "<schema>") for row in cursor.fetchall())
            found[kind] = {_spelt(row) if kind in SPELT_ANEW else row for row in rows}
        # Neither the host's, which do nothing here, nor those that the code has squashed and dropped.
        cursor.execute("SELECT app, name FROM django_migrations")
        known = known_migrations()
        found["migrations"] = {repr(row) for row in cursor.fetchall() if row in known}
    return found


def differences(found: dict[str, set[str]], wanted: dict[str, set[str]]) -> dict[str, set[str]]:
    """What is in only one of the two, by kind; empty if they agree."""
    return {kind: found[kind] ^ wanted[kind] for kind in wanted if found[kind] != wanted[kind]}
