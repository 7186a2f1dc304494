"""The fleet of offices, the pool, and the audit log."""

from django.conf import settings
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from asp.audit.selectors import ChainState, chain_state
from tenants import version
from tenants.models import Bureau, BureauState, Doorbell, ReadySchema
from tenants.observe.checks import Result, check, ok, warning, wrong

SEAL_WARN, SEAL_WRONG = 30, 300


@check("fleet", title=_("Versions of the offices"), order=70, url_name="provisioning:bureau-list")
def fleet() -> Result:
    """Every office has the code's version."""
    working = Bureau.objects.exclude(state=BureauState.CLOSED)
    outdated = working.exclude(version=version.code_version()).count()
    return current(outdated, working.filter(state=BureauState.MAINTENANCE).count())


def current(outdated: int, maintained: int) -> Result:
    """Judge offices of another version, and those that are shut for work on them."""
    if outdated:
        return wrong(
            gettext_noop("{count} offices have another version than the software and are shut."),
            gettext_noop("Run manage.py upgrade; it can be run again at any time."),
            count=outdated,
        )
    if maintained:
        return warning(
            gettext_noop("{count} offices are under maintenance and shut."),
            gettext_noop("Open them again when the work on them is done."),
            count=maintained,
        )
    return ok(gettext_noop("Every office has the version of the software."))


@check("pool", title=_("Ready offices"), order=71)
def pool() -> Result:
    """Schemas wait to be claimed, so that an office opens within seconds."""
    return filled(ReadySchema.objects.filter(version=version.code_version()).count(), settings.ASP.pool_size)


def filled(ready: int, wanted: int) -> Result:
    """Judge how many schemas wait."""
    if wanted and not ready:
        return warning(
            gettext_noop("No schema is ready: opening an office takes longer."),
            gettext_noop("The provisioning worker fills the pool by itself; look at its log if this stays."),
        )
    return ok(gettext_noop("{ready} of {wanted} schemas are ready."), ready=ready, wanted=wanted)


@check("audit-seal", title=_("Sealing of the audit logs"), order=80)
def audit_seal() -> Result:
    """Entries of all sites are chained soon after they were written."""
    oldest = Doorbell.objects.filter(kind="audit").aggregate(oldest=Min("rung_at"))["oldest"]
    return sealed((timezone.now() - oldest).total_seconds() if oldest else 0.0)


def sealed(seconds: float) -> Result:
    """Judge the age of the oldest entry that waits for its seal."""
    text = gettext_noop("Entries have been waiting for their seal for {seconds} s.")
    advice = gettext_noop(
        "Look at the scheduler: it seals. Entries without a seal could be changed unnoticed."
    )
    if seconds >= SEAL_WRONG:
        return wrong(text, advice, seconds=round(seconds))
    if seconds >= SEAL_WARN:
        return warning(text, advice, seconds=round(seconds))
    return ok(gettext_noop("New entries are sealed at once."))


@check("audit-chain", title=_("The host's audit log"), order=81)
def audit_chain() -> Result:
    """What the last verification of the host's own log said."""
    return verified(chain_state())


def verified(state: ChainState) -> Result:
    """Judge the last verification."""
    if state.ok is False:
        return wrong(
            gettext_noop("The last check found {count} signs of changes."),
            gettext_noop("Tell the audit administrator. Change nothing until the report has been read."),
            count=state.findings_count,
        )
    if state.ok is None:
        return ok(gettext_noop("It has not been checked yet; the audit administrator can do it at any time."))
    return ok(gettext_noop("The last check found no change."))
