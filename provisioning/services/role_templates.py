"""Proposing roles to bureaus (中央角色模板): drafts, versions, and the messages that carry them.

Each bureau gets a copy of its own; whether it becomes a role there, only the bureau decides.
"""

import uuid
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from asp.accounts.matrix import office_permission_groups
from asp.audit.actor import Actor
from asp.audit.services import record
from asp.outbox import addresses
from asp.outbox.services import message_send
from provisioning import errors
from provisioning.models import RoleTemplate, RoleTemplateOffer, RoleTemplateVersion
from tenants.models import Bureau, BureauState

OFFERED = "offers.role_offered.v1"
WITHDRAWN = "offers.role_withdrawn.v1"
TURN = int.from_bytes(b"roles-of", "big")  # an advisory lock: of publishing (alone) and openings (together)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a template says."""

    name: str
    name_en: str = ""
    description: str = ""
    codes: tuple[str, ...] = ()


@transaction.atomic
def template_create(*, actor: Actor, draft: Draft) -> RoleTemplate:
    """Begin a template; nobody sees it yet. Raises TemplateNameTaken, TemplateCodeUnknown."""
    made = RoleTemplate()
    _write(made, draft)
    _record(actor, "provisioning.template_created", made)
    return made


@transaction.atomic
def template_change(*, actor: Actor, template: RoleTemplate, draft: Draft) -> RoleTemplate:
    """Change the draft; what was published stays as it is. Raises TemplateNameTaken, TemplateCodeUnknown."""
    locked = _locked(template)
    _write(locked, draft)
    _record(actor, "provisioning.template_changed", locked)
    return locked


@transaction.atomic
def template_discard(*, actor: Actor, template: RoleTemplate) -> None:
    """Remove a draft that was never published. Raises TemplatePublished."""
    locked = _locked(template)
    if locked.version:
        raise errors.TemplatePublished
    _record(actor, "provisioning.template_discarded", locked)
    locked.delete()


@transaction.atomic
def template_publish(
    *, actor: Actor, template: RoleTemplate, bureaus: Collection[uuid.UUID] | None, note: str = ""
) -> RoleTemplateVersion:
    """Publish the draft as the next version, and offer it to these bureaus, or to all (None).

    Whoever was offered an earlier version is offered this one as well. If the draft is what was published last,
    it is no new version: those who were not offered it yet are. Raises NoReceivers, TemplateUnchanged.
    """
    _in_turn()
    locked = _locked(template)
    rows = Bureau.objects.exclude(state__in=(BureauState.CLOSED, BureauState.OPENING))
    present = set(rows.values_list("id", flat=True))
    known = set(locked.offers.values_list("bureau_id", flat=True)) & present
    wanted = present if bureaus is None else present & set(bureaus)
    if not wanted | known:
        raise errors.NoReceivers
    last = locked.versions.first()
    is_new = last is None or draft_of(last) != draft_of(locked)
    if last is None or is_new:
        last = _version(actor, locked, note)
        receivers = wanted | known
    else:
        receivers = wanted | known if locked.withdrawn_at else wanted - known
        if not receivers and locked.for_all == (bureaus is None):
            raise errors.TemplateUnchanged
    locked.version, locked.revision = last.version, locked.revision + 1
    locked.for_all = bureaus is None
    locked.withdrawn_at = None
    locked.save(update_fields=["version", "revision", "for_all", "withdrawn_at"])
    _offer(locked, last, receivers)
    facts = {"version": last.version, "receivers": len(receivers)}
    _record(actor, "provisioning.template_published", locked, facts)
    return last


@transaction.atomic
def template_withdraw(*, actor: Actor, template: RoleTemplate) -> RoleTemplate:
    """Offer it to nobody any more; roles that bureaus have made of it stay theirs. Raises TemplateNotOffered."""
    locked = _locked(template)
    if not locked.is_offered:
        raise errors.TemplateNotOffered
    locked.withdrawn_at, locked.revision = timezone.now(), locked.revision + 1
    locked.save(update_fields=["withdrawn_at", "revision"])
    body = {"id": locked.id, "revision": locked.revision}
    open_ = Bureau.objects.exclude(state=BureauState.CLOSED).values("id")
    for bureau_id in locked.offers.filter(bureau_id__in=open_).values_list("bureau_id", flat=True):
        message_send(to=addresses.bureau(bureau_id), type=WITHDRAWN, subject=str(locked.id), body=body)
    _record(actor, "provisioning.template_withdrawn", locked)
    return locked


def templates_offer_to(bureau_id: uuid.UUID) -> None:
    """Offer what is offered to all to a bureau that is being opened, in the opening's transaction."""
    _in_turn(shared=True)
    for template in RoleTemplate.objects.filter(for_all=True, withdrawn_at=None, version__gt=0):
        version = template.versions.get(version=template.version)
        _offer(template, version, {bureau_id})


def draft_of(thing: RoleTemplate | RoleTemplateVersion) -> Draft:
    """What a template, or one of its versions, says."""
    return Draft(
        name=thing.name,
        name_en=thing.name_en,
        description=thing.description,
        codes=tuple(sorted(thing.codes)),
    )


def _in_turn(*, shared: bool = False) -> None:
    """Publishing and openings wait for each other: neither may miss what the other is about to commit."""
    with connection.cursor() as cursor:
        if shared:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [TURN])
        else:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])


def _version(actor: Actor, template: RoleTemplate, note: str) -> RoleTemplateVersion:
    draft = draft_of(template)
    return RoleTemplateVersion.objects.create(
        template=template,
        version=template.version + 1,
        **{**asdict(draft), "codes": list(draft.codes)},
        note=note.strip(),
        published_by=actor.name,
    )


def _offer(template: RoleTemplate, version: RoleTemplateVersion, receivers: Collection[uuid.UUID]) -> None:
    RoleTemplateOffer.objects.bulk_create(
        [RoleTemplateOffer(template=template, bureau_id=each) for each in receivers], ignore_conflicts=True
    )
    body = {
        "id": template.id,
        "revision": template.revision,
        "version": version.version,
        **asdict(draft_of(version)),
        "note": version.note,
        "published_at": version.published_at,
    }
    for each in sorted(receivers):
        message_send(to=addresses.bureau(each), type=OFFERED, subject=str(template.id), body=body)


def _write(template: RoleTemplate, draft: Draft) -> None:
    offered = {code for group in office_permission_groups() for code, _label in group.codes}
    # What an older version of the software knew may stay; it is shown as such.
    if set(draft.codes) - offered - set(template.codes):
        raise errors.TemplateCodeUnknown
    template.name, template.name_en = draft.name.strip(), draft.name_en.strip()
    template.description = draft.description.strip()
    template.codes = sorted(set(draft.codes))
    template.changed_at = timezone.now()
    try:
        with transaction.atomic():
            template.save()
    except IntegrityError as error:
        raise errors.TemplateNameTaken(params={"name": template.name}) from error


def _locked(template: RoleTemplate) -> RoleTemplate:
    return RoleTemplate.objects.select_for_update().get(pk=template.pk)


def _record(actor: Actor, action: str, template: RoleTemplate, facts: dict[str, Any] | None = None) -> None:
    record(
        actor=actor,
        action=action,
        target_kind="provisioning.role_template",
        target_id=template.id,
        target_name=template.name,
        params={"name": template.name, "codes": template.codes, **(facts or {})},
    )
