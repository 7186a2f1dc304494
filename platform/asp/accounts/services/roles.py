"""Roles: what they permit and who has them."""

from collections.abc import Collection

from django.db import IntegrityError, transaction

from asp.accounts import errors, origins, permissions
from asp.accounts.models import Account, AccountKind, Duty, Role, RoleGrant, RolePermission
from asp.accounts.subjects import EVERYBODY, PERSON, ROLE, Subject, subject_labels
from asp.audit.actor import Actor
from asp.audit.services import record
from tenants import registry

STAFF_ROLE = "staff"


@transaction.atomic
def role_create(
    *, actor: Actor, name: str, name_en: str = "", description: str = "", codes: Collection[str] = ()
) -> Role:
    """Create a role with these permission codes. Raises RoleNameTaken, UnknownPermission."""
    role = Role(name=name.strip(), name_en=name_en.strip(), description=description.strip())
    _save(role)
    _codes_set(role, codes)
    _record(actor, "accounts.role_created", role, {"codes": sorted(codes)})
    return role


@transaction.atomic
def role_update(
    *,
    actor: Actor,
    role: Role,
    name: str | None = None,
    name_en: str | None = None,
    description: str | None = None,
    codes: Collection[str] | None = None,
) -> Role:
    """Change what is given. Raises RoleNameTaken, UnknownPermission."""
    role = Role.objects.select_for_update().get(pk=role.pk)
    for field, text in (("name", name), ("name_en", name_en), ("description", description)):
        if text is not None:
            setattr(role, field, text.strip())
    _save(role)
    added, removed = _codes_set(role, codes) if codes is not None else ([], [])
    _record(actor, "accounts.role_updated", role, {"added": added, "removed": removed})
    return role


@transaction.atomic
def role_delete(*, actor: Actor, role: Role) -> None:
    """Remove a role and take it from everybody. Raises RoleBuiltIn."""
    if role.is_builtin:
        raise errors.RoleBuiltIn
    _record(
        actor,
        "accounts.role_deleted",
        role,
        {"codes": sorted(role.permissions.values_list("code", flat=True))},
    )
    origins.role_removed(actor=actor, role=role)
    role.delete()


@transaction.atomic
def role_grant(*, actor: Actor, role: Role, subject: Subject) -> RoleGrant:
    """Give a role to a subject; nothing happens if it has it. Raises CannotHoldRoles."""
    if subject.kind == ROLE:
        raise errors.CannotHoldRoles
    if subject.kind == PERSON and not Account.objects.filter(pk=subject.id, kind=AccountKind.STAFF).exists():
        raise errors.CannotHoldRoles
    grant, created = RoleGrant.objects.get_or_create(
        role=role, subject_kind=subject.kind, subject_id=subject.id
    )
    if created:
        _record(actor, "accounts.role_granted", role, _subject_params(subject))
    return grant


@transaction.atomic
def role_revoke(*, actor: Actor, role: Role, subject: Subject) -> None:
    """Take a role from a subject; nothing happens if it does not have it."""
    gone, _ = RoleGrant.objects.filter(role=role, subject_kind=subject.kind, subject_id=subject.id).delete()
    if gone:
        _record(actor, "accounts.role_revoked", role, _subject_params(subject))


@transaction.atomic
def builtin_roles_sync(*, functions: Collection[str] | None = None) -> Role:
    """Make sure that the role "staff" exists, belongs to everybody, and has the declared codes.

    Only adds. With `functions`, only what those bring, when they are switched on or come with an upgrade:
    what a security administrator took out of the role stays out.
    """
    role, created = Role.objects.get_or_create(
        code=STAFF_ROLE, defaults={"name": "工作人员", "name_en": "Staff"}
    )
    declared = {
        each.code
        for function, each in registry.permissions()
        if STAFF_ROLE in each.roles and (functions is None or function.code in functions)
    }
    present = set(role.permissions.values_list("code", flat=True))
    RolePermission.objects.bulk_create([RolePermission(role=role, code=code) for code in declared - present])
    if created:
        RoleGrant.objects.create(role=role, subject_kind=EVERYBODY.kind, subject_id=EVERYBODY.id)
    return role


def assignable_codes() -> frozenset[str]:
    """The codes that a role can have here: not those that belong to a duty alone."""
    fixed = {each.code for _f, each in registry.permissions() if for_duties(each)}
    return permissions.codes_here() - fixed


def for_duties(permission: registry.Permission) -> bool:
    """Whether a permission belongs to administrators by their duty, and to no role."""
    return bool(permission.roles) and set(permission.roles) <= set(Duty.values)


def _codes_set(role: Role, codes: Collection[str]) -> tuple[list[str], list[str]]:
    wanted = set(codes)
    here = assignable_codes()
    if wanted - here:
        raise errors.UnknownPermission
    present = set(role.permissions.values_list("code", flat=True))
    # Codes of a function that is switched off stay for the day when it comes back.
    removed = (present & here) - wanted
    role.permissions.filter(code__in=removed).delete()
    RolePermission.objects.bulk_create([RolePermission(role=role, code=code) for code in wanted - present])
    return sorted(wanted - present), sorted(removed)


def _save(role: Role) -> None:
    try:
        with transaction.atomic():
            role.save()
    except IntegrityError as error:
        raise errors.RoleNameTaken(params={"name": role.name}) from error


def _subject_params(subject: Subject) -> dict[str, object]:
    choice = subject_labels([subject]).get(subject)
    return {"subject": choice.label if choice else subject.key, "subject_key": subject.key}


def _record(actor: Actor, action: str, role: Role, params: dict[str, object]) -> None:
    record(
        actor=actor,
        action=action,
        target_kind="accounts.role",
        target_id=role.pk,
        target_name=role.name,
        params={"role": role.name, **params},
    )
