"""Putting one bureau back to an earlier moment (按时间点恢复一个部门): shut, exchanged in one transaction, opened.

The bureau begins a new epoch: its audit log goes on, nothing that has left it leaves it again, sessions and
links are void, and what proves who somebody is stays as it is now. Each function says so for its own tables
(`Function.restored`, `Function.restore_keeps`).
"""

import datetime
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from django.db import IntegrityError, connection, transaction

from asp.accounts.selectors import administrators_ready
from asp.audit.actor import Actor
from asp.jobs.models import Job, JobState
from asp.outbox import addresses
from asp.outbox.relay import relay
from provisioning.errors import RestoreImpossible, WorkUnderWay
from provisioning.services.bureaus import OPEN_STATES, bureau_audit, bureau_locked
from tenants import package, registry
from tenants.context import bureau_context, owner_context
from tenants.models import Bureau, BureauState

RESTORABLE = (*OPEN_STATES, BureauState.SUSPENDED, BureauState.MAINTENANCE)
ALWAYS_KEPT = ("django_migrations",)


@dataclass(frozen=True)
class Restored:
    """What an exchange has done: rows by table, and the figures that the functions report."""

    rows: dict[str, int]
    figures: dict[str, int]


@transaction.atomic
def bureau_restore_begin(*, actor: Actor, bureau: Bureau, at: datetime.datetime) -> Bureau:
    """Shut the office for the exchange. Raises WrongState. It stays shut until `bureau_restore_end` or
    `bureau_restore_finish`; beginning once more is allowed, after a process that was killed."""
    bureau = bureau_locked(bureau, RESTORABLE)
    suspended = bureau.state == BureauState.SUSPENDED
    bureau.state = BureauState.MAINTENANCE
    bureau.save(update_fields=["state"])
    bureau_audit(
        bureau, actor, "provisioning.bureau_restore_begun", {"at": at.isoformat(), "suspended": suspended}
    )
    return bureau


@transaction.atomic
def bureau_restore_end(*, actor: Actor, bureau: Bureau, suspended: bool = False) -> Bureau:
    """Open the office again without having changed anything. Raises WrongState."""
    bureau = bureau_locked(bureau, (BureauState.MAINTENANCE,))
    _open(bureau, suspended=suspended)
    bureau_audit(bureau, actor, "provisioning.bureau_restore_given_up", {})
    return bureau


@transaction.atomic
def bureau_restore_finish(
    *, actor: Actor, bureau: Bureau, folder: Path, at: datetime.datetime, suspended: bool = False
) -> Restored:
    """Exchange the rows of a shut office for those of the package in `folder`, and open it. Owner login.

    One transaction: a failure leaves the office as it was, and shut. Raises WrongState, WorkUnderWay,
    RestoreImpossible for a package that does not fit.
    """
    bureau = bureau_locked(bureau, (BureauState.MAINTENANCE,))
    ref = bureau.ref
    with bureau_context(ref):
        running = Job.objects.filter(state=JobState.RUNNING).count()
    if running:
        raise WorkUnderWay(params={"count": running})
    figures: dict[str, int] = {}
    try:
        with owner_context(), connection.cursor() as cursor:
            cursor.execute("SELECT 1")  # Django's wrapper takes the role; what follows is psycopg2's own
            with (
                package.replaced(cursor.cursor, ref.schema, folder, keep=_kept(), reader=ref.role) as rows,
                bureau_context(ref),
            ):
                for function in registry.functions():
                    step = function.step("restored")
                    if step and "bureau" in function.sites:
                        figures |= step(at=at)
            # What is checked at the end of a transaction is checked here, where it can be told.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except package.PackageError as error:
        raise RestoreImpossible(params={"reason": str(error)}) from error
    except psycopg2.errors.LockNotAvailable as error:
        raise RestoreImpossible(params={"reason": "somebody is still at work in it"}) from error
    except IntegrityError as error:
        # Somebody new has a name or a number that somebody else had then.
        raise RestoreImpossible(params={"reason": type(error).__name__}) from error
    _open(bureau, suspended=suspended)
    bureau_audit(
        bureau,
        actor,
        "provisioning.bureau_restored",
        {"at": at.isoformat(), "rows": sum(rows.values()), **figures},
    )
    return Restored(dict(rows), figures)


def _kept() -> set[str]:
    return {*ALWAYS_KEPT, *(name for each in registry.functions() for name in each.restore_keeps)}


def _open(bureau: Bureau, *, suspended: bool) -> None:
    with bureau_context(bureau.ref):
        ready = administrators_ready()
    bureau.state = BureauState.ACTIVE if ready else BureauState.SETTING_UP
    if suspended:
        bureau.state = BureauState.SUSPENDED
    bureau.save(update_fields=["state"])
    relay.wake(addresses.bureau(bureau.pk))
