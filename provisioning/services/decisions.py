"""What an ASP administrator decides on an application (ASP 管理员审批): correction, rejection, approval.

Each locks the row and looks at its state, so that of a double click, or of two administrators, only
the first takes effect; the other is told what happened.
"""

from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from asp.audit.actor import Actor
from asp.audit.services import record
from asp.messages.channels import relay_configured, valid_address
from asp.messages.services import message_send
from provisioning import names
from provisioning.errors import (
    AddressInvalid,
    AddressTaken,
    AlreadyDecided,
    ChangedMeanwhile,
    FunctionUnknown,
    QuotaInvalid,
)
from provisioning.models import Application, ApplicationState, Event, EventKind, Opening
from provisioning.services import openings
from tenants import registry
from tenants.models import Bureau
from tenants.naming import validate_slug

MOST_GB = 100_000


@transaction.atomic
def application_correct(
    *,
    actor: Actor,
    application: Application,
    revision: int,
    remarks: Mapping[str, str],
    general: str = "",
) -> Application:
    """Ask the applicant for correction (退回补正), with remarks by field name.

    Raises AlreadyDecided, ChangedMeanwhile; ValueError without any remark.
    """
    application = _undecided(application, revision)
    kept = {field: names.clean_text(text) for field, text in remarks.items() if text.strip()}
    general = names.clean_text(general)
    if not kept and not general:
        raise ValueError("a correction needs a remark")
    application.state = ApplicationState.CORRECTION
    application.remarks = {"fields": kept, "general": general}
    _decided(application, actor)
    application.save()
    _note(application, EventKind.CORRECTION, actor, {"fields": kept, "general": general})
    _audit(application, actor, "provisioning.correction_asked", {"fields": sorted(kept)})
    _tell(application, "provisioning.correction")
    return application


@transaction.atomic
def application_reject(*, actor: Actor, application: Application, revision: int, reason: str) -> Application:
    """Reject an application (不予批准) with a reason. Raises AlreadyDecided, ChangedMeanwhile."""
    application = _undecided(application, revision)
    application.state = ApplicationState.REJECTED
    application.reason = names.clean_text(reason)
    if not application.reason:
        raise ValueError("a rejection needs a reason")
    _decided(application, actor)
    application.save()
    _note(application, EventKind.REJECTED, actor, {"reason": application.reason})
    _audit(application, actor, "provisioning.application_rejected", {"reason": application.reason})
    _tell(application, "provisioning.rejected")
    return application


@transaction.atomic
def application_approve(
    *,
    actor: Actor,
    application: Application,
    revision: int,
    slug: str,
    quota_gb: int,
    functions: Sequence[str],
) -> Opening:
    """Approve an application (批准) as adjusted, and start the opening of the office.

    Raises AlreadyDecided, ChangedMeanwhile, AddressInvalid, AddressTaken, QuotaInvalid, FunctionUnknown.
    """
    application = _undecided(application, revision)
    slug_check(slug, besides=application)
    quota_check(quota_gb)
    functions_check(functions)
    application.state = ApplicationState.APPROVED
    application.granted_slug = slug
    application.granted_quota_gb = quota_gb
    application.granted_functions = sorted(set(functions))
    application.remarks, application.reason = {}, ""
    _decided(application, actor)
    try:
        with transaction.atomic():
            application.save()
    except IntegrityError as error:
        raise AddressTaken(params={"slug": slug}) from error
    _note(application, EventKind.APPROVED, actor, {})
    _audit(
        application,
        actor,
        "provisioning.application_approved",
        {"slug": slug, "quota_gb": quota_gb, "functions": application.granted_functions},
    )
    return openings.opening_start(actor=actor, application=application)


@transaction.atomic
def address_change(*, actor: Actor, application: Application, slug: str) -> Opening:
    """Give an approved application another address because its own was taken, and open it again."""
    application = openings.approved_locked(application)
    slug_check(slug, besides=application)
    before, application.granted_slug = application.granted_slug, slug
    try:
        with transaction.atomic():
            application.save(update_fields=["granted_slug", "saved_at"])
    except IntegrityError as error:
        raise AddressTaken(params={"slug": slug}) from error
    _audit(application, actor, "provisioning.address_changed", {"old": before, "new": slug})
    return openings.opening_start(actor=actor, application=application)


def slug_check(slug: str, *, besides: Application | None = None, bureau: Bureau | None = None) -> None:
    """Raise AddressInvalid or AddressTaken unless `slug` can be given now."""
    try:
        validate_slug(slug)
    except ValidationError as error:
        raise AddressInvalid(params={"slug": slug[:40], "reason": error.messages[0]}) from error
    others = Application.objects.filter(granted_slug=slug, state=ApplicationState.APPROVED)
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    bureaus = Bureau.objects.filter(slug=slug)
    if bureau is not None:
        bureaus = bureaus.exclude(pk=bureau.pk)
    if others.exists() or bureaus.exists():
        raise AddressTaken(params={"slug": slug})


def quota_check(quota_gb: int) -> None:
    """Raise QuotaInvalid unless the storage makes sense."""
    if not 1 <= quota_gb <= MOST_GB:
        raise QuotaInvalid(params={"limit": MOST_GB})


def functions_check(functions: Sequence[str]) -> None:
    """Raise FunctionUnknown for a code that no optional function has."""
    known = {each.code for each in registry.optional_functions()}
    for code in functions:
        if code not in known:
            raise FunctionUnknown(params={"function": code[:40]})


def _undecided(application: Application, revision: int) -> Application:
    locked = Application.objects.select_for_update().get(pk=application.pk)
    if locked.state != ApplicationState.SUBMITTED:
        raise AlreadyDecided(
            params={"name": locked.decided_by_name or "–", "state": locked.get_state_display()}
        )
    if locked.revision != revision:
        raise ChangedMeanwhile
    return locked


def _decided(application: Application, actor: Actor) -> None:
    application.decided_by = actor.id
    application.decided_by_name = actor.name
    application.decided_at = timezone.now()


def _note(application: Application, kind: EventKind, actor: Actor, params: dict[str, object]) -> None:
    Event.objects.create(application=application, kind=kind, actor_name=actor.name, params=params)


def _audit(application: Application, actor: Actor, action: str, params: dict[str, object]) -> None:
    record(
        actor=actor,
        action=action,
        target_kind="provisioning.application",
        target_id=application.pk,
        target_name=application.name,
        params={"name": application.name, **params},
    )


def _tell(application: Application, template: str) -> None:
    """Tell the contact by mail that there is news; what it is, they read with the tracking code."""
    if not relay_configured() or not valid_address(application.contact_email):
        return
    message_send(
        to=application.contact_email,
        template=template,
        params={
            "contact": application.contact_name,
            "name": application.name,
            "name_en": application.name_en or application.name,
        },
        language=application.language,
    )
