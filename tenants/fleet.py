"""Bring every schema to the code's version."""

from collections.abc import Callable

from django.db import connection

from tenants import pool, roles, template, version
from tenants.context import HOST_ROLE, PUBLIC, owner_context
from tenants.models import Bureau, ReadySchema
from tenants.privileges import restrict

LOCK = 7_201_002  # advisory lock: one upgrade at a time


def upgrade(report: Callable[[str], None] = lambda line: None) -> None:
    """Migrate the public schema, the template, the bureaus whose version differs, and fill the pool.

    Owner only; safe to run again and from several machines at once. `report` gets a line per step.
    """
    with owner_context():
        roles.prepare_groups()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            _upgrade(report)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _upgrade(report: Callable[[str], None]) -> None:
    template.migrate_schema(None)
    roles.grant_public()
    restrict(schema=PUBLIC, role=HOST_ROLE)
    report("public schema is current")
    template.ensure_template()
    code = version.code_version()
    for bureau in Bureau.objects.exclude(version=code):
        template.migrate_schema(bureau.schema_name)
        restrict(schema=bureau.schema_name, role=bureau.schema_name)
        Bureau.objects.filter(pk=bureau.pk).update(version=code)
        report(f"{bureau.slug} is current")
    for stale in ReadySchema.objects.exclude(version=code):
        pool.discard(stale.schema)
    built = pool.fill()
    report(f"pool is full ({built} built)")
