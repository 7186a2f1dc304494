"""Upgrading 300 offices, against `migrate_schemas` as django-tenants brings it."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from django.conf import settings
from django.db import connection

from bench.results import Results, median
from tenants import fleet, template, version
from tenants.context import host_context, owner_context
from tenants.fleet import plan
from tenants.models import Bureau, BureauUpgrade
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
        stock = median(_stock(folder, [each.schema for each in here[:STOCK]]))
        code = version.code_version()
        with host_context():
            Bureau.objects.filter(pk__in=[each.id for each in here[:STOCK]]).update(version=code)
        started = time.perf_counter()
        with owner_context():
            template.ensure_template()
        plan.make(here[-1].version)
        prepared = time.perf_counter() - started
        started = time.perf_counter()
        outcome = fleet.bureaus_upgrade()
        whole = time.perf_counter() - started
        assert outcome.failed == 0, outcome.failures
        with host_context():
            assert Bureau.objects.filter(version=code).count() >= BUREAUS
            times = list(BureauUpgrade.objects.filter(error="").values_list("milliseconds", flat=True))
    results.add("migrate_schemas, one office", stock * 1000, "ms")
    results.at_least(
        "upgrade of one office of 300, times faster than migrate_schemas",
        stock * 1000 / median(times),
        "×",
        20,
        baseline="migrate_schemas",
        ratio=median(times) / 1000 / stock,
    )
    results.add("upgrade of one office of 300, p50", median(times), "ms")
    results.add("preparing an upgrade once: template and plan", prepared, "s")
    results.add(
        f"upgrade of {outcome.done} offices, preparation included",
        whole,
        "s",
        baseline="migrate_schemas, extrapolated",
        ratio=whole / (stock * outcome.done),
    )
    results.add("memory of the upgrading connection", _memory(), "MB")


def _stock(folder: str, schemas: list[str]) -> list[float]:
    """Seconds of `migrate_schemas` for each of `schemas`, start of its process not counted."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "bench.settings_stock",
        "MORE_MIGRATIONS": json.dumps(settings.MIGRATION_MODULES),
        "PYTHONPATH": folder,
    }
    told = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "bench.stock", *schemas],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ).stdout
    return [float(line) for line in told.split()]


def _memory() -> float:
    with owner_context(), connection.cursor() as cursor:
        cursor.execute("SELECT public.asp_backend_memory()")
        return cursor.fetchone()[0] / 1024**2
