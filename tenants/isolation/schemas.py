"""Probes of the database: schema and role of a bureau, and what the host may do in it."""

from collections.abc import Sequence
from contextvars import Context

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from psycopg2 import sql

from tenants import registry
from tenants.context import APP_LOGIN, BUREAU_GROUP_ROLE, HOST_ROLE, PUBLIC, current_bureau, host_context
from tenants.isolation import attempts
from tenants.isolation.attempts import done, one, reading, rows, writing
from tenants.isolation.registry import Finding, broken, held, not_tried, probe

NOBODY_ELSE = _("There is no other area in the database yet.")
_OPEN = """
SELECT count(*) FROM pg_namespace
WHERE nspname NOT IN (%s, 'public', 'information_schema') AND nspname NOT LIKE 'pg\\_%%'
  AND (has_schema_privilege(%s, oid, 'USAGE') OR has_schema_privilege(%s, oid, 'CREATE'))
"""
_LEAVING = """
SELECT c.conname FROM pg_constraint c JOIN pg_class t ON t.oid = c.confrelid
WHERE c.contype = 'f' AND (c.connamespace = %s::regnamespace) <> (t.relnamespace = %s::regnamespace)
  AND (c.connamespace = %s::regnamespace OR t.relnamespace = %s::regnamespace)
"""
_ROLE = """
SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication, rolcanlogin
FROM pg_roles WHERE rolname = %s
"""
_GROUPS = """
SELECT g.rolname FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles r ON r.oid = m.member
WHERE r.rolname = %s
"""
_INTEGER_KEYS = """
SELECT DISTINCT t.relname FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (i.indkey)
WHERE t.relnamespace = %s::regnamespace AND i.indisprimary AND a.atttypid IN ('int4'::regtype, 'int8'::regtype)
"""
# Tables of libraries with counted keys; no address of a page holds one of them.
COUNTED = ("axes_", "django_migrations")


@probe(
    "schemas.read",
    control="1.schema",
    title=_("Reading other offices' data"),
    explanation=_(
        "Each office has an area of its own in the database. With this office's rights we try to read areas that "
        "are not its own."
    ),
)
def read() -> Finding:
    schema = current_bureau().schema
    schemas = attempts.other_schemas()
    if not schemas:
        return not_tried(NOBODY_ELSE)
    tables = [table for each in schemas for table in attempts.tables_of(each)]
    open_areas = one(_OPEN, [schema, schema, schema])
    seen = [table for table in tables if done(reading(table))]
    if seen or open_areas:
        return broken(
            _("{tables} foreign tables can be read, and {areas} foreign areas are open to this office."),
            tables=len(seen),
            areas=open_areas,
        )
    return held(
        _("{tables} tables in {areas} other areas were tried; all were refused, and no area is open."),
        tables=len(tables),
        areas=len(schemas),
    )


@probe(
    "schemas.write",
    control="1.schema",
    title=_("Changing other offices' data"),
    explanation=_("The same with adding, changing and deleting rows in areas of others."),
)
def write() -> Finding:
    tables = [table for each in attempts.other_schemas() for table in attempts.tables_of(each)]
    if not tables:
        return not_tried(NOBODY_ELSE)
    acts = [(table, action) for table in tables for action in ("INSERT", "UPDATE", "DELETE")]
    seen = sum(done(writing(table, action)) for table, action in acts)
    if seen:
        return broken(_("{seen} of {tried} attempts to write went through."), seen=seen, tried=len(acts))
    return held(_("{tried} attempts to write were refused."), tried=len(acts))


@probe(
    "schemas.foreign_keys",
    control="1.schema",
    title=_("No ties to other areas"),
    explanation=_("Nothing in this office's tables may hang on rows outside of it, nor the other way round."),
)
def foreign_keys() -> Finding:
    schema = current_bureau().schema
    found = rows(_LEAVING, [schema] * 4)
    if found:
        return broken(_("{count} ties lead across the border."), count=len(found))
    return held(_("There is none."))


# The session's own area for temporary tables shows nothing as long as there are none.
_LOOKED_UP_IN = """
    SELECT array(
        SELECT name::text FROM unnest(current_schemas(true)) name
         WHERE name::text::regnamespace::oid <> pg_my_temp_schema()
            OR EXISTS (SELECT FROM pg_class WHERE relnamespace = pg_my_temp_schema())
    )"""


@probe(
    "schemas.path",
    control="1.schema",
    title=_("Names are looked up at home"),
    explanation=_(
        "Where the database looks for a table that is named without its area: here, then at shared ones."
    ),
)
def path() -> Finding:
    found = one(_LOOKED_UP_IN)
    strange = [each for each in found if each not in (current_bureau().schema, PUBLIC, "pg_catalog")]
    if strange or current_bureau().schema not in found:
        return broken(_("It looks in {count} areas that are not this office's."), count=len(strange))
    return held(_("It looks in this office's area, in the shared one, and nowhere else."))


@probe(
    "schemas.keys",
    control="1.ids",
    title=_("Numbers that nobody can guess"),
    explanation=_("Things are named by long numbers that differ in every office, never by 1, 2, 3."),
)
def keys() -> Finding:
    counted = [str(name) for (name,) in rows(_INTEGER_KEYS, [current_bureau().schema])]
    found = [name for name in counted if not name.startswith(COUNTED)]
    if found:
        return broken(_("{count} tables number their rows one by one."), count=len(found))
    return held(_("All tables that pages show use long numbers."))


@probe(
    "role.plain",
    control="1.role",
    title=_("The office's database role has no special powers"),
    explanation=_(
        "The role may not be an administrator, pass by the rules for rows, or belong to other roles."
    ),
)
def plain() -> Finding:
    role = one("SELECT current_user")
    if role != current_bureau().role:
        return broken(_("The statements of this office run under another role."))
    (powerful, may_login), *_rest = rows(_ROLE, [role])
    groups = {str(name) for (name,) in rows(_GROUPS, [role])}
    owned = one(
        "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = %s", [role]
    )
    if powerful or may_login or owned or groups != {BUREAU_GROUP_ROLE}:
        return broken(_("The role has powers beyond those of an office."))
    return held(_("It has none, and belongs only to the group of all offices."))


@probe(
    "role.structure",
    control="1.role",
    title=_("Changing the structure of the database"),
    explanation=_(
        "We try to create, change, empty and remove tables and areas: only the host's upgrades may."
    ),
)
def structure() -> Finding:
    schema = current_bureau().schema
    table = sql.Identifier(schema, "audit_entry")
    statements = [
        sql.SQL("CREATE TABLE {} (x int)").format(sql.Identifier(schema, "planted")),
        sql.SQL("CREATE TABLE {} (x int)").format(sql.Identifier(PUBLIC, "planted")),
        sql.SQL("CREATE SCHEMA planted"),
        sql.SQL("CREATE ROLE planted"),
        sql.SQL("ALTER TABLE {} ADD COLUMN planted int").format(table),
        sql.SQL("TRUNCATE {}").format(table),
        sql.SQL("DROP TABLE {}").format(table),
    ]
    return _tried(statements)


@probe(
    "role.machine",
    control="1.role",
    title=_("Reaching the machine through the database"),
    explanation=_("We try to start a program and to read a file of the database server."),
)
def machine() -> Finding:
    return _tried(
        [
            sql.SQL("COPY (SELECT 1) TO PROGRAM 'true'"),
            sql.SQL("COPY (SELECT 1) TO '/dev/null'"),
            sql.SQL("SELECT pg_read_file('PG_VERSION')"),
            sql.SQL("SELECT pg_ls_dir('.')"),
        ]
    )


def _tried(statements: Sequence[sql.Composable]) -> Finding:
    seen = sum(done(each) for each in statements)
    if seen:
        return broken(_("{seen} of {tried} attempts went through."), seen=seen, tried=len(statements))
    return held(_("{tried} attempts were refused."), tried=len(statements))


@probe(
    "host.tables",
    control="8.content",
    title=_("The host reads this office's data"),
    explanation=_("With the rights of the host's console we try to read every table of this office."),
)
def host_tables() -> Finding:
    schema, tables = current_bureau().schema, attempts.own_tables()
    with host_context():
        seen = [table for table in tables if done(reading(table))]
        is_open = one("SELECT has_schema_privilege(%s, %s, 'USAGE')", [HOST_ROLE, schema])
    if seen or is_open:
        return broken(_("{seen} tables of this office can be read by the host's console."), seen=len(seen))
    return held(_("{tried} tables were tried; the host's console can read none."), tried=len(tables))


@probe(
    "login.alone",
    control="10.login",
    title=_("The programs' login alone can do nothing"),
    explanation=_(
        "Programs log in to the database under one name and take an office's role for each task. Without a role "
        "we try to read this office and the host."
    ),
)
def login_alone() -> Finding:
    tables = [*attempts.own_tables(), *attempts.public_tables()]
    # An empty context: no site is in force.
    seen = Context().run(lambda: [table for table in tables if done(reading(table))])
    if seen:
        return broken(_("{seen} tables can be read without a role."), seen=len(seen))
    return held(_("{tried} tables were tried without a role; all were refused."), tried=len(tables))


@probe(
    "login.plain",
    control="10.login",
    title=_("The programs' login has no special powers"),
    explanation=_("The login under which this very test runs may not be an administrator of the database."),
)
def login_plain() -> Finding:
    if settings.ASP.db_login == "owner":
        return not_tried(_("This process works with the owner's login, as only maintenance does."))
    login = one("SELECT session_user")
    (powerful, _may_login), *_rest = rows(_ROLE, [login])
    if powerful or login != APP_LOGIN:
        return broken(_("The login has powers that it must not have."))
    return held(_("It has none."))


@probe(
    "tables.insert_only",
    control="12.insert-only",
    title=_("Changing what must stay as it was"),
    explanation=_(
        "Audit entries, their seals, sent and received messages and results of this test may be added, never "
        "changed or removed. We try it for every such table."
    ),
)
def insert_only() -> Finding:
    own = {name: (schema, name, column) for schema, name, column in attempts.own_tables()}
    acts = [
        (own[each.table], action)
        for each in registry.privileges()
        if each.table in own
        for action in ("INSERT", "UPDATE", "DELETE")
        if action not in each.actions
    ]
    if not acts:
        return not_tried(_("No table is declared to be protected."))
    seen = sum(done(writing(table, action)) for table, action in acts)
    if seen:
        return broken(
            _("{seen} of {tried} attempts to change or delete went through."), seen=seen, tried=len(acts)
        )
    return held(_("{tried} attempts to change or delete were refused."), tried=len(acts))
