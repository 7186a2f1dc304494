"""Upgrading offices (版本升级): the console's part of it. The work is done by `tenants.fleet`."""

from django.db import transaction

from asp.audit.actor import Actor
from asp.audit.services import record
from asp.jobs import job_start
from asp.jobs.models import Job
from provisioning.errors import NothingToUpgrade
from tenants import version
from tenants.context import host_context
from tenants.fleet.rollout import Outcome
from tenants.models import Bureau

JOB_KEY = "provisioning.fleet"


@transaction.atomic
def fleet_upgrade_start(*, actor: Actor, bureau: Bureau | None = None) -> Job:
    """Start upgrading every outdated office, or only `bureau`. Pressed twice: the same job.

    Raises NothingToUpgrade.
    """
    from provisioning.tasks import upgrade_bureau, upgrade_fleet

    outdated = Bureau.objects.exclude(version=version.code_version())
    if not (outdated if bureau is None else outdated.filter(pk=bureau.pk)).exists():
        raise NothingToUpgrade
    if bureau is None:
        job = job_start(actor=actor, job=upgrade_fleet, key=JOB_KEY)
        record(actor=actor, action="provisioning.fleet_upgrade_started")
        return job
    job = job_start(
        actor=actor,
        job=upgrade_bureau,
        params={"bureau_id": bureau.pk},
        title_params={"name": bureau.name},
        key=f"{JOB_KEY}:{bureau.pk}",
        about=bureau.pk,
    )
    record(
        actor=actor,
        action="provisioning.bureau_upgrade_started",
        target_kind="tenants.bureau",
        target_id=bureau.pk,
        target_name=bureau.name,
        params={"name": bureau.name, "version": bureau.version},
    )
    return job


def fleet_upgraded(*, outcome: Outcome) -> None:
    """Write into the host's log how a run over the fleet ended; one in which nothing was to do leaves nothing."""
    if not outcome.total:
        return
    with host_context(), transaction.atomic():
        record(
            actor=Actor.system("upgrade"),
            action="provisioning.fleet_upgraded",
            params={"version": outcome.version, "done": outcome.done, "failed": outcome.failed},
        )
