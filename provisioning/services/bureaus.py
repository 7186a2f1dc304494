"""What the host does with an opened bureau: quota, functions, names, address, pause (暂停) and resumption.

Every act is on record on both sides: at the host, and in the bureau's own log.
"""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction

from asp.accounts.selectors import administrators_ready
from asp.accounts.services import builtin_roles_sync
from asp.audit.actor import Actor
from asp.audit.services import record
from asp.blobs import services as blobs
from asp.outbox import addresses
from asp.outbox.relay import relay
from provisioning import names
from provisioning.errors import AddressTaken, WrongState
from provisioning.models.application import GIBIBYTE
from provisioning.services.decisions import functions_check, quota_check, slug_check
from provisioning.words import BUREAU_STATES
from tenants import routing
from tenants.context import bureau_context
from tenants.models import Bureau, BureauState

OPEN_STATES = (BureauState.SETTING_UP, BureauState.ACTIVE)
CHANGEABLE_STATES = (*OPEN_STATES, BureauState.SUSPENDED)


@transaction.atomic
def bureau_quota_set(*, actor: Actor, bureau: Bureau, quota_gb: int) -> Bureau:
    """Change how much the bureau may store. Raises QuotaInvalid, WrongState."""
    quota_check(quota_gb)
    bureau = bureau_locked(bureau, CHANGEABLE_STATES)
    before, bureau.quota_bytes = bureau.quota_bytes, quota_gb * GIBIBYTE
    if before == bureau.quota_bytes:
        return bureau
    bureau.save(update_fields=["quota_bytes"])
    with bureau_context(bureau.ref):
        blobs.quota_set(limit=bureau.quota_bytes)
    bureau_audit(bureau, actor, "provisioning.quota_changed", {"old": before // GIBIBYTE, "new": quota_gb})
    return bureau


@transaction.atomic
def bureau_functions_set(*, actor: Actor, bureau: Bureau, functions: Sequence[str]) -> Bureau:
    """Switch optional functions on and off; what they hold stays. Raises FunctionUnknown, WrongState."""
    functions_check(functions)
    bureau = bureau_locked(bureau, CHANGEABLE_STATES)
    before, bureau.functions = bureau.functions, sorted(set(functions))
    if before == bureau.functions:
        return bureau
    bureau.save(update_fields=["functions"])
    with bureau_context(bureau.ref):
        builtin_roles_sync(functions=set(bureau.functions) - set(before))
    bureau_audit(
        bureau,
        actor,
        "provisioning.functions_changed",
        {
            "on": sorted(set(bureau.functions) - set(before)),
            "off": sorted(set(before) - set(bureau.functions)),
        },
    )
    return bureau


@transaction.atomic
def bureau_rename(*, actor: Actor, bureau: Bureau, name: str, name_en: str) -> Bureau:
    """Change the bureau's names. Raises WrongState; ValidationError for a name that could mislead."""
    bureau = bureau_locked(bureau, CHANGEABLE_STATES)
    before = bureau.name
    bureau.name, bureau.name_en = names.clean_name(name), names.clean_name(name_en)
    bureau.save(update_fields=["name", "name_en"])
    bureau_audit(bureau, actor, "provisioning.bureau_renamed", {"old": before, "new": bureau.name})
    return bureau


@transaction.atomic
def bureau_slug_set(*, actor: Actor, bureau: Bureau, slug: str) -> Bureau:
    """Give the office another address. Schema, storage and sessions stay; the old address ends at once.

    Raises AddressInvalid, AddressTaken, WrongState.
    """
    bureau = bureau_locked(bureau, CHANGEABLE_STATES)
    if slug == bureau.slug:
        return bureau
    slug_check(slug, bureau=bureau)
    before, bureau.slug = bureau.slug, slug
    try:
        with transaction.atomic():
            bureau.save(update_fields=["slug"])
    except IntegrityError as error:
        raise AddressTaken(params={"slug": slug}) from error
    bureau_audit(bureau, actor, "provisioning.bureau_moved", {"old": before, "new": slug})
    return bureau


@transaction.atomic
def bureau_suspend(*, actor: Actor, bureau: Bureau, reason: str) -> Bureau:
    """Close the office to everybody for a while; nothing in it changes. Raises WrongState."""
    bureau = bureau_locked(bureau, OPEN_STATES)
    bureau.state = BureauState.SUSPENDED
    bureau.save(update_fields=["state"])
    bureau_audit(bureau, actor, "provisioning.bureau_suspended", {"reason": names.clean_text(reason)})
    return bureau


@transaction.atomic
def bureau_resume(*, actor: Actor, bureau: Bureau) -> Bureau:
    """Open a suspended office again. Raises WrongState."""
    bureau = bureau_locked(bureau, (BureauState.SUSPENDED,))
    with bureau_context(bureau.ref):
        ready = administrators_ready()
    bureau.state = BureauState.ACTIVE if ready else BureauState.SETTING_UP
    bureau.save(update_fields=["state"])
    bureau_audit(bureau, actor, "provisioning.bureau_resumed", {})
    relay.wake(addresses.bureau(bureau.pk))
    return bureau


def bureau_locked(bureau: Bureau, states: Sequence[str]) -> Bureau:
    """Lock the bureau's row; for services. Raises WrongState unless it is in one of `states`."""
    locked = Bureau.objects.select_for_update().get(pk=bureau.pk)
    if locked.state not in states:
        raise WrongState(params={"state": str(BUREAU_STATES[BureauState(locked.state)])})
    return locked


def bureau_audit(bureau: Bureau, actor: Actor, action: str, params: dict[str, Any]) -> None:
    """One entry at the host and one in the bureau's own log; other processes learn of it by the map."""
    entry = {
        "action": action,
        "target_kind": "tenants.bureau",
        "target_id": bureau.pk,
        "target_name": bureau.name,
        "params": {"name": bureau.name, **params},
    }
    record(actor=actor, **entry)
    with bureau_context(bureau.ref):
        record(actor=actor, **entry)
    transaction.on_commit(routing.forget)
