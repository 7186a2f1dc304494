"""Statements are counted, and slow ones are told by their shape alone."""

import logging

import pytest
from django.db import connection
from psycopg2 import sql

from tenants.context import host_context
from tenants.models import Bureau
from tenants.observe import fields, metrics, statements

PHONE = "13912345678"


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("SELECT  *\n FROM a WHERE b = %s", "SELECT * FROM a WHERE b = %s"),
        (f"SELECT 'it''s {PHONE}', 42, -1.5 FROM t1", "SELECT ?, ?, ? FROM t1"),
        ("SELECT a FROM b WHERE c IN (%s, %s, %s)", "SELECT a FROM b WHERE c IN (…)"),
        ("INSERT INTO a (b) VALUES (%s, %s), (%s, %s), (%s, %s)", "INSERT INTO a (b) VALUES (…) …"),
        (f"SELECT $x${PHONE}$x$ -- {PHONE}\n", "SELECT ?"),
        ('SELECT "a1"."b" FROM "x"', 'SELECT "a1"."b" FROM "x"'),
        (sql.SQL("SELECT {}").format(sql.Literal(PHONE)), "(Composed)"),
    ],
)
def test_a_shape_has_no_values(given, wanted):
    assert statements.shape(given) == wanted


def test_a_shape_is_short():
    assert len(statements.shape("SELECT " + "a, " * 5000)) <= statements.LONGEST_SHAPE


def test_each_statement_is_counted_for_the_request_and_the_process():
    with host_context():
        list(Bureau.objects.filter(slug="none"))  # the connection stands
    before = _value(metrics.queries)
    tally = fields.Tally(route="test:view")
    token = fields.tally.set(tally)
    try:
        with host_context():
            list(Bureau.objects.filter(slug="none"))
            Bureau.objects.filter(slug="none").exists()
    finally:
        fields.tally.reset(token)
    assert tally.queries == 2
    assert tally.seconds > 0
    assert _value(metrics.queries) == before + 2


def test_a_slow_statement_is_told_without_its_values(caplog, monkeypatch):
    monkeypatch.setattr(statements, "SLOW_SECONDS", 0.05)
    before = _value(metrics.slow_queries)
    token = fields.tally.set(fields.Tally(route="test:view"))
    try:
        with host_context(), connection.cursor() as cursor, caplog.at_level(logging.WARNING):
            cursor.execute("SELECT pg_sleep(0.06), %s", [PHONE])
            cursor.execute(f"SELECT pg_sleep(0.06), '{PHONE}'")
            cursor.execute("SELECT 1")
    finally:
        fields.tally.reset(token)
    found = [each.fields for each in caplog.records if each.name == "tenants.slow"]
    assert [each["sql"] for each in found] == ["SELECT pg_sleep(?), %s", "SELECT pg_sleep(?), ?"]
    assert {each["route"] for each in found} == {"test:view"}
    assert PHONE not in str(found)
    assert all(each["ms"] >= 50 for each in found)
    assert _value(metrics.slow_queries) == before + 2


def _value(counter) -> float:
    return counter.labels(metrics.PROCESS, "host")._value.get()
