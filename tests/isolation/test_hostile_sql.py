"""What the role of a bureau stops, and what it does not; see docs/operations/isolation.md and SECURITY.md.

The statements here are what an attacker would inject. One of these tests shows a thing that is not stopped: it stands
here so that nobody takes the role for more than it is.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from asp.accounts.models import Account
from tenants.context import bureau_context, host_context
from tests.architecture.test_tree import ROOT, tracked
from tests.support.bureaus import open_bureau
from tests.support.client import SiteClient
from tests.support.people import people

SECRET = "只属甲局"


@pytest.fixture(scope="module")
def two():
    """Bureau A with somebody whose name is looked for, and bureau B."""
    a, b = open_bureau(), open_bureau()
    return people(a, mark=SECRET), people(b)


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_a_mistake_is_stopped(two):
    """Another schema by its name: what a bug could do, and what injected SQL tries first."""
    theirs, ours = two
    with (
        bureau_context(ours.bureau),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
    ):
        run(f"SELECT name FROM {theirs.bureau.schema}.accounts_account")


def test_injected_set_role_is_not_stopped(two):
    """Whoever runs SQL of their own becomes another bureau: the login must be able to become each of them."""
    theirs, ours = two
    with bureau_context(ours.bureau), transaction.atomic():
        names = run(
            f"SET LOCAL ROLE {theirs.bureau.role}; SELECT name FROM {theirs.bureau.schema}.accounts_account"
        )
        assert any(SECRET in name for (name,) in names)
        transaction.set_rollback(True)


def test_after_a_rollback_the_role_is_ones_own_again(two):
    theirs, ours = two
    with bureau_context(ours.bureau):
        with transaction.atomic():
            run(f"SET ROLE {theirs.bureau.role}")
            transaction.set_rollback(True)
        assert run("SELECT current_user") == [(ours.bureau.role,)]


def test_a_role_that_was_taken_over_does_not_outlive_its_request(two):
    """Django calls this around each request, the worker around each task."""
    theirs, ours = two
    with bureau_context(ours.bureau):
        run(f"SET ROLE {theirs.bureau.role}")
        # As it is: within one request the backend trusts what it has told the connection.
        assert run("SELECT current_user") == [(theirs.bureau.role,)]
        connection.close_if_unusable_or_obsolete()
        assert run("SELECT current_user") == [(ours.bureau.role,)]
        run("SET search_path TO pg_catalog")
        connection.close_if_unusable_or_obsolete()
        assert Account.objects.count() >= 6


def test_another_sites_statement_has_its_own_role_in_any_case(two):
    theirs, ours = two
    with bureau_context(ours.bureau):
        run(f"SET ROLE {theirs.bureau.role}")
    with host_context():
        assert run("SELECT current_user") == [("asp_host",)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor_name = ''",
        "DELETE FROM audit_seal",
        "TRUNCATE audit_entry",
        "DROP TABLE accounts_account",
        "CREATE ROLE intruder SUPERUSER",
        "COPY (SELECT 1) TO PROGRAM 'true'",
    ],
)
def test_no_role_at_all_can_do_this(statement, two):
    """Also not after `SET ROLE`: neither one's own, nor another bureau's, nor the host's, nor the login's."""
    theirs, ours = two
    paths = {
        ours.bureau.role: ours.bureau.schema,
        theirs.bureau.role: theirs.bureau.schema,
        "asp_host": "public",
        "asp_bureau": "public",
        "app_login": "public",
    }
    for role, path in paths.items():
        with (
            bureau_context(ours.bureau),
            pytest.raises(DatabaseError, match="permission denied|must be owner"),
            transaction.atomic(),
        ):
            run(f"SET LOCAL ROLE {role}; SET LOCAL search_path TO {path}; {statement}")


HOSTILE = "x'; SET ROLE {role}; SELECT name FROM {schema}.accounts_account; --"


@pytest.mark.parametrize(
    ("who", "method", "address", "field"),
    [
        ("head", "get", "/search/", "q"),
        ("system", "get", "/organization/people/", "q"),
        ("audit", "get", "/audit/", "text"),
        ("audit", "get", "/audit/", "person"),
        ("security", "get", "/accounts/people/", "q"),
        ("system", "get", "/jobs/", "kind"),
        ("", "post", "/accounts/sign-in/", "identifier"),
    ],
)
def test_text_stays_text(two, who, method, address, field):
    """Statements of an attacker as what people type: nothing of the other bureau comes back."""
    theirs, ours = two
    client = SiteClient(ours.bureau)
    if who:
        client.login_as(getattr(ours, who))
    text = HOSTILE.format(role=theirs.bureau.role, schema=theirs.bureau.schema)
    response = getattr(client, method)(address, {field: text, "password": text})
    assert response.status_code in (200, 302, 422), "the page itself must have been asked"
    assert SECRET not in response.content.decode()
    with bureau_context(ours.bureau):
        assert run("SELECT current_user") == [(ours.bureau.role,)]


# ----- no statement is put together from text

SOURCES = ("platform", "tenants", "office", "provisioning")
RUNS_SQL = {"execute", "executemany", "raw", "extra", "RawSQL", "RunSQL", "copy_expert"}
# File and function → why its text is safe. May only shrink.
EXCEPTIONS = {
    (
        "tenants/fleet/replay.py",
        "_run",
    ): "what Django's migrations executed, written down on a scratch schema",
    ("tenants/roles.py", "prepare_groups"): "a constant of this code for the name of the host's role",
    (
        "tenants/template.py",
        "replay",
    ): "our own dump, with a schema's name that the pool has made of hex digits",
}


def put_together(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Functions and lines where the text of a statement is not a constant."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        texts = _built_names(function)
        for call in ast.walk(function):
            if not isinstance(call, ast.Call) or not call.args:
                continue
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name in RUNS_SQL and _is_built(call.args[0], texts):
                yield function.name, call.lineno


def _built_names(function: ast.FunctionDef) -> set[str]:
    """Local names that were given text which was put together."""
    found: set[str] = set()
    for each in ast.walk(function):
        if isinstance(each, ast.Assign | ast.AugAssign) and _is_built(each.value, found):
            targets = each.targets if isinstance(each, ast.Assign) else [each.target]
            found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


def _is_built(text: ast.expr, names: set[str]) -> bool:
    if isinstance(text, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in text.values)
    if isinstance(text, ast.BinOp):
        return isinstance(text.op, ast.Add | ast.Mod)
    if isinstance(text, ast.Call) and isinstance(text.func, ast.Attribute):
        # `sql.SQL("…").format(…)` quotes what is put in; `"…".format(…)` and `"".join(…)` do not.
        composed = isinstance(text.func.value, ast.Call) and _name(text.func.value.func) == "SQL"
        return text.func.attr in {"format", "join", "replace"} and not composed
    return isinstance(text, ast.Name) and text.id in names


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def sources() -> list[Path]:
    return [path for path in tracked("*.py") if path.relative_to(ROOT).parts[0] in SOURCES]


def test_no_statement_is_put_together_from_text():
    found = {
        (str(path.relative_to(ROOT)), function): line
        for path in sources()
        for function, line in put_together(ast.parse(path.read_text()))
    }
    unknown = {where: line for where, line in found.items() if where not in EXCEPTIONS}
    assert unknown == {}, "values are parameters, names are composed by psycopg2.sql"
    assert set(EXCEPTIONS) == set(found), "an exception that is no longer needed leaves the list"


@pytest.mark.parametrize(
    "planted",
    [
        "cursor.execute(f\"SELECT * FROM t WHERE name = '{name}'\")",
        "cursor.execute(\"SELECT * FROM t WHERE name = '%s'\" % name)",
        "cursor.execute(\"SELECT * FROM t WHERE name = '{}'\".format(name))",
        'cursor.execute("SELECT * FROM t WHERE name = " + name)',
        "Account.objects.raw(f\"SELECT * FROM t WHERE name = '{name}'\")",
        'text = f"SELECT {name}"\n    cursor.execute(text)',
        'rows.annotate(x=RawSQL("a = " + name, []))',
    ],
)
def test_planted_statements_are_found(planted):
    assert list(put_together(ast.parse(f"def view(cursor, name, rows):\n    {planted}\n")))


def test_statements_with_parameters_are_none():
    fine = (
        'cursor.execute("SELECT * FROM t WHERE name = %s", [name])',
        'cursor.execute(sql.SQL("DROP SCHEMA {}").format(sql.Identifier(name)))',
        "cursor.execute(STATEMENT, [name])",
    )
    for each in fine:
        assert not list(put_together(ast.parse(f"def view(cursor, name):\n    {each}\n"))), each
