"""A bureau replayed from the template equals one migrated by Django, in every catalogue fact."""

import secrets

import pytest
from django.conf import settings
from django.db import connection, transaction
from psycopg2 import sql

from tenants import pool, roles, template
from tenants.catalogue import differences, facts
from tenants.context import owner_context
from tenants.privileges import restrict


@pytest.fixture(scope="module")
def replayed() -> dict[str, set[str]]:
    name = pool.build()
    yield facts(name)
    pool.discard(name)


@pytest.fixture(scope="module")
def migrated() -> dict[str, set[str]]:
    name = f"b_stock_{secrets.token_hex(6)}"
    with owner_context(), transaction.atomic(), connection.cursor() as cursor:
        roles.create_bureau_role(name)
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name)))
        roles.grant_schema(name, name)
    template.migrate_schema(name)
    with owner_context():
        restrict(schema=name, role=name)
    yield facts(name)
    pool.discard(name)


def test_it_equals_a_migrated_one_in_every_fact(replayed, migrated):
    assert differences(replayed, migrated) == {}
    assert len(migrated["columns"]) > 50, "the comparison saw no tables"


def test_the_comparison_sees_a_planted_difference(replayed):
    name = pool.build()
    with owner_context(name), connection.cursor() as cursor:
        cursor.execute("GRANT UPDATE ON audit_entry TO asp_bureau")
    planted = facts(name)
    pool.discard(name)
    assert planted["relations"] != replayed["relations"]


def test_no_foreign_key_leaves_the_schema(replayed):
    assert [
        each for each in replayed["constraints"] if "REFERENCES" in each and "REFERENCES public." in each
    ] == []


def test_a_seed_that_fails_leaves_neither_schema_nor_role(monkeypatch):
    def ours() -> tuple[int, int]:
        """Schemas and roles of this worker: roles belong to the cluster, where other workers build as well."""
        like = settings.ASP.schema_prefix.replace("_", r"\_") + "%"
        with owner_context(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT count(*) FROM pg_namespace WHERE nspname LIKE %s), "
                "(SELECT count(*) FROM pg_roles WHERE rolname LIKE %s)",
                [like, like],
            )
            return cursor.fetchone()

    before = ours()
    monkeypatch.setattr(pool, "seed", lambda ref: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        pool.build()
    assert ours() == before
