"""Open bureaus for tests, by the same mechanism as `provisioning` but without an application."""

import secrets

from django.db import transaction

from tenants import pool, version
from tenants.context import bureau_context, host_context
from tenants.models import Bureau, BureauState
from tenants.site import BureauRef

GIGABYTE = 1024**3


def open_bureau(
    *,
    slug: str | None = None,
    name: str = "云溪县测试局",
    name_en: str = "Test Bureau",
    state: str = BureauState.ACTIVE,
    functions: tuple[str, ...] = ("library",),
    quota_bytes: int = GIGABYTE,
) -> BureauRef:
    """Open a bureau and return it; with a random slug unless one is given."""
    from asp.blobs import keys, services

    with host_context(), transaction.atomic():
        schema, _from_pool = pool.claim()
        bureau = Bureau.objects.create(
            slug=slug or f"t{secrets.token_hex(6)}",
            name=name,
            name_en=name_en,
            state=state,
            schema_name=schema,
            storage_prefix=secrets.token_hex(12),
            wrapped_key=keys.new_wrapped_bureau_key(),
            functions=list(functions),
            quota_bytes=quota_bytes,
            version=version.code_version(),
        )
        ref = bureau.ref
        with bureau_context(ref):
            services.quota_set(limit=quota_bytes)
    return ref
