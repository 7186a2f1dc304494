"""The pool (预备池) of ready schemas: built and seeded beforehand, so that opening a bureau is a claim."""

import secrets

from django.conf import settings
from django.db import connection, transaction
from psycopg2 import sql

from tenants import registry, roles, template, version
from tenants.context import bureau_context, host_context, owner_context
from tenants.models import Bureau, ReadySchema
from tenants.privileges import restrict
from tenants.site import BureauRef


def build() -> str:
    """Build one schema with its role, tables, privileges and seed data; return its name. Owner only.

    One transaction: a failure leaves neither schema nor role.
    """
    text = template.ensure_template()
    name = f"{settings.ASP.schema_prefix}{secrets.token_hex(8)}"
    with owner_context(), transaction.atomic():
        roles.create_bureau_role(name)
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name)))
        roles.grant_schema(name, name)
        template.replay(text, name)
        restrict(schema=name, role=name)
        seed(BureauRef(id=None, schema=name))
    return name


def seed(ref: BureauRef) -> None:
    """Let every function of an office put its first rows, with fresh keys, as the bureau's own role."""
    with bureau_context(ref):
        for function in registry.functions():
            step = function.step("seed") if "bureau" in function.sites else None
            if step:
                step()


def fill(size: int | None = None) -> int:
    """Build ready schemas until `size` (default: the setting) of the code's version wait. Return how many
    were built. Owner only."""
    wanted = settings.ASP.pool_size if size is None else size
    built = 0
    while _waiting() < wanted:
        template.ensure_template()
        # Schema and row together: a worker that is killed in between would leave a schema that nobody knows.
        with owner_context(), transaction.atomic():
            ReadySchema.objects.create(schema=build(), version=version.code_version())
        built += 1
    return built


def _waiting() -> int:
    with owner_context():
        return ReadySchema.objects.filter(version=version.code_version()).count()


def claim() -> tuple[str, bool]:
    """Take a ready schema, or build one; return its name and whether it came from the pool.

    Call it inside the transaction that stores the bureau: if that fails, the schema stays in the pool
    (and a freshly built one disappears with it).
    """
    with host_context():
        ready = (
            ReadySchema.objects.select_for_update(skip_locked=True)
            .filter(version=version.code_version())
            .order_by("created_at")
            .first()
        )
        if ready:
            ready.delete()
            return ready.schema, True
    return build(), False


class Claimed(ValueError):
    """The schema belongs to a bureau."""


def discard(schema: str) -> None:
    """Drop a schema that no bureau has, and its role. Owner only. Raises Claimed."""
    with owner_context(), transaction.atomic():
        # First the row: this waits for an opening that is about to claim it, which the next look then sees.
        ReadySchema.objects.filter(schema=schema).delete()
        if Bureau.objects.filter(schema_name=schema).exists():
            raise Claimed(f"{schema} belongs to a bureau")
        name = sql.Identifier(schema)
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(name))
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [schema])
            if cursor.fetchone():
                cursor.execute(sql.SQL("DROP OWNED BY {}").format(name))
                cursor.execute(sql.SQL("DROP ROLE {}").format(name))
