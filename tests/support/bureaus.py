"""Open bureaus for tests, by the same mechanism as `provisioning` but without an application."""

import secrets
import uuid
from collections.abc import Iterable

from django.db import transaction

from tenants import version
from tenants.context import bureau_context, host_context
from tenants.models import Bureau, BureauState, Doorbell
from tenants.site import BureauRef
from tests.support import recycling

GIGABYTE = 1024**3

_lasting: set[uuid.UUID] = set()


def open_bureau(
    *,
    slug: str | None = None,
    name: str = "云溪县测试局",
    name_en: str = "Test Bureau",
    state: str = BureauState.ACTIVE,
    functions: tuple[str, ...] = ("library",),
    quota_bytes: int = GIGABYTE,
    lasting: bool = False,
) -> BureauRef:
    """Open a bureau and return it; with a random slug unless one is given. `lasting`: for the whole run."""
    from asp.blobs import keys, services

    with host_context(), transaction.atomic():
        bureau = Bureau.objects.create(
            slug=slug or f"t{secrets.token_hex(6)}",
            name=name,
            name_en=name_en,
            state=state,
            schema_name=recycling.claim(),
            storage_prefix=secrets.token_hex(12),
            wrapped_key=keys.new_wrapped_bureau_key(),
            functions=list(functions),
            quota_bytes=quota_bytes,
            version=version.code_version(),
        )
        ref = bureau.ref
        with bureau_context(ref):
            services.quota_set(limit=quota_bytes)
    if lasting:
        _lasting.add(ref.id)
    return ref


def open_ids() -> set[uuid.UUID]:
    """Every bureau that has not been closed."""
    with host_context():
        return set(Bureau.objects.exclude(state=BureauState.CLOSED).values_list("id", flat=True))


def close(ids: Iterable[uuid.UUID]) -> None:
    """Close bureaus whose tests are over, as if nobody had ever sent anything: else each test would do the
    periodic work of all before it."""
    over = set(ids) - _lasting
    with host_context(), transaction.atomic():
        Doorbell.objects.filter(bureau_id__in=over).delete()
        Bureau.objects.filter(id__in=over).update(state=BureauState.CLOSED)
        closed = list(Bureau.objects.filter(id__in=over))
    for bureau in closed:
        recycling.give_back(bureau)
