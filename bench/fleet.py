"""Upgrading 300 offices against Django's `migrate` in each schema, which is what `migrate_schemas` runs."""

import tempfile
import time
from pathlib import Path

from django.db import connection

from bench.results import Results, median
from tenants import fleet, template, version
from tenants.context import host_context, owner_context
from tenants.fleet import plan
from tenants.models import Bureau, BureauUpgrade
from tenants.privileges import restrict
from tests.support import migrations
from tests.support.bureaus import open_bureau

BUREAUS = 300
STOCK = 5
# A usual release: a table, columns, a constraint, an index, a change of rows.
RELEASE = {
    "0101_marks": """
        operations = [
            migrations.AddField("hostnotice", "mark", models.CharField(max_length=20, default="")),
            migrations.AddField("hostnotice", "code", models.CharField(max_length=20, null=True)),
            migrations.CreateModel(
                "Shelf",
                [
                    ("id", models.UUIDField(primary_key=True, default=tenants.keys.uuid7)),
                    ("name", models.CharField(max_length=100)),
                    ("notice", models.ForeignKey("notices.hostnotice", models.CASCADE)),
                ],
            ),
        ]
    """,
    "0102_rules": """
        operations = [
            migrations.AddConstraint("hostnotice", models.UniqueConstraint(fields=["code"], name="code_once")),
            migrations.AddIndex("shelf", models.Index(fields=["name"], name="shelf_by_name")),
            migrations.RunSQL("UPDATE notices_hostnotice SET mark = 'old'"),
        ]
    """,
}


def upgrades(results: Results) -> None:
    """Leaves its bureaus at a version that the code does not have: the last measurement of an area."""
    here = [open_bureau() for _ in range(BUREAUS)]
    with tempfile.TemporaryDirectory() as folder, migrations.added(Path(folder), "notices", RELEASE):
        stock = median([_stock(each.schema, each.id) for each in here[:STOCK]])
        started = time.perf_counter()
        with owner_context():
            template.ensure_template()
        plan.make(here[-1].version)
        prepared = time.perf_counter() - started
        started = time.perf_counter()
        outcome = fleet.bureaus_upgrade()
        whole = time.perf_counter() - started
        with host_context():
            code = version.code_version()
            assert outcome.failed == 0, outcome.failures
            assert Bureau.objects.filter(version=code).count() >= BUREAUS
            times = list(BureauUpgrade.objects.filter(error="").values_list("milliseconds", flat=True))
    results.add("Django's migrate in one schema (migrate_schemas)", stock * 1000, "ms")
    results.at_least(
        "upgrade of one office of 300, times faster than migrate_schemas",
        stock * 1000 / median(times),
        "×",
        20,
        baseline="migrate_schemas",
        ratio=median(times) / 1000 / stock,
    )
    results.add("upgrade of one office of 300, p50", median(times), "ms")
    results.add("preparing an upgrade: template and plan, once", prepared, "s")
    results.add(
        f"upgrade of {outcome.done} offices, all in all",
        whole,
        "s",
        baseline="migrate_schemas, five offices extrapolated",
        ratio=whole / (stock * outcome.done),
    )
    results.add("memory of the upgrading connection", _memory(), "MB")


def _stock(schema: str, bureau_id: object) -> float:
    started = time.perf_counter()
    template.migrate_schema(schema)
    with owner_context():
        restrict(schema=schema, role=schema)
    seconds = time.perf_counter() - started
    with host_context():
        Bureau.objects.filter(pk=bureau_id).update(version=version.code_version())
    return seconds


def _memory() -> float:
    with owner_context(), connection.cursor() as cursor:
        cursor.execute("SELECT public.asp_backend_memory()")
        return cursor.fetchone()[0] / 1024**2
