"""Changes of people: who they are, and where they work."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from asp.accounts.models import Account, AccountKind, AccountState
from asp.accounts.services import account_create, account_disable, account_enable, account_update
from asp.audit.actor import Actor
from asp.audit.services import record
from office.organization import errors, logins, names
from office.organization.memberships import memberships_refresh
from office.organization.models import Appointment, Member, Post
from office.organization.services.departments import departments_lock, name_checked
from office.organization.services.heads import heads_settle
from office.organization.tree import Tree

PERSON_LIMIT = 60
STAFF_NUMBER_LIMIT = 32
OFFICE_PHONE_LIMIT = 32


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody works (任职): a department, and a post or None."""

    department_id: uuid.UUID
    post_id: uuid.UUID | None = None


@transaction.atomic
def member_create(
    *,
    actor: Actor,
    name: str,
    places: Sequence[Place],
    login: str = "",
    name_en: str = "",
    phone: str = "",
    email: str = "",
    staff_number: str = "",
    office_phone: str = "",
    sort: int = 0,
    language: str = "",
) -> Member:
    """Register a person (用户注册): an invited account, and places of which the first is the main one.

    Without `login`, one is made from the name's pinyin. Raises NameRefused, NoAppointment,
    AppointmentTwice, Dissolved, and what `account_create` raises.
    """
    name, name_en = _person_name(name), name_checked(name_en, limit=150)
    account = account_create(
        actor=actor,
        kind=AccountKind.STAFF,
        login=login or login_for(name, phone),
        name=name,
        name_en=name_en,
        phone=phone,
        email=email,
        language=language,
    )
    member = Member.objects.create(
        account=account,
        staff_number=name_checked(staff_number, limit=STAFF_NUMBER_LIMIT),
        office_phone=office_phone_checked(office_phone),
        sort=sort,
    )
    _place(actor, member, places)
    return member


@transaction.atomic
def member_update(
    *,
    actor: Actor,
    member: Member,
    name: str,
    login: str,
    places: Sequence[Place],
    name_en: str = "",
    phone: str = "",
    email: str = "",
    staff_number: str = "",
    office_phone: str = "",
    sort: int = 0,
) -> Member:
    """Change a person and their places; same errors as `member_create`. Sessions and roles go on."""
    row = Member.objects.select_for_update(of=("self",)).select_related("account").get(pk=member.pk)
    account_update(
        actor=actor,
        account=row.account,
        login=login,
        name=_person_name(name),
        name_en=name_checked(name_en, limit=150),
        phone=phone,
        email=email,
    )
    new = {
        "staff_number": name_checked(staff_number, limit=STAFF_NUMBER_LIMIT),
        "office_phone": office_phone_checked(office_phone),
        "sort": sort,
    }
    changed = [field for field, value in new.items() if getattr(row, field) != value]
    if changed:
        for field in changed:
            setattr(row, field, new[field])
        row.save(update_fields=changed)
        _record(actor, "member_changed", row, fields=changed)
    _place(actor, row, places)
    return row


@transaction.atomic
def members_disable(*, actor: Actor, members: Iterable[Member]) -> int:
    """Disable the accounts of these people; return for how many something changed."""
    return _switch(actor, members, on=False)


@transaction.atomic
def members_enable(*, actor: Actor, members: Iterable[Member]) -> int:
    """Open the accounts of these people again; return for how many something changed."""
    return _switch(actor, members, on=True)


@transaction.atomic
def staff_exported(*, actor: Actor, count: int) -> None:
    """Put on record that somebody took the staff list, with telephone numbers, out of the system."""
    record(actor=actor, action="organization.staff_exported", params={"count": count})


def login_for(name: str, phone: str) -> str:
    """A free account name for a new person."""
    first = logins.suggest(name, phone, ())
    taken = set(Account.objects.filter(login__startswith=first).values_list("login", flat=True))
    return logins.suggest(name, phone, taken)


def office_phone_checked(text: str) -> str:
    """An office telephone as people write it; it may begin with + or a bracket, unlike a name."""
    folded = names.fold(text)
    if (
        names.has_invisible(folded)
        or len(folded) > OFFICE_PHONE_LIMIT
        or not set(folded) <= set("0123456789+-()#*, 转")
    ):
        raise errors.OfficePhoneRefused
    return folded


def _person_name(text: str) -> str:
    name = names.person_fold(text)
    try:
        name = names.clean(name, limit=PERSON_LIMIT)
    except ValidationError as error:
        raise errors.NameRefused(params={"reason": error.message}) from error
    if not name:
        raise errors.NameRefused(params={"reason": names.PROBLEMS["empty"]})
    return name


def _place(actor: Actor, member: Member, places: Sequence[Place]) -> None:
    """Make `places` the person's appointments, and the memberships follow."""
    if not places:
        raise errors.NoAppointment
    if len(set(places)) != len(places):
        raise errors.AppointmentTwice
    found = departments_lock({each.department_id for each in places})
    posts = {each.id: each for each in Post.objects.filter(pk__in={each.post_id for each in places})}
    for each in places:
        if each.department_id not in found or (each.post_id is not None and each.post_id not in posts):
            raise errors.PlaceGone
    rows = {Place(row.department_id, row.post_id): row for row in member.appointments.all()}
    if list(rows)[:1] == list(places)[:1] and rows.keys() == set(places):
        return
    Appointment.objects.filter(pk__in=[row.pk for place, row in rows.items() if place not in places]).delete()
    # Nobody has two main places even for a moment: the constraint looks at each row.
    Appointment.objects.filter(member=member, primary=True).update(primary=False)
    for place in places:
        if place not in rows:
            Appointment.objects.create(
                member=member, department_id=place.department_id, post_id=place.post_id
            )
    first = places[0]
    main = Appointment.objects.filter(member=member, department_id=first.department_id)
    main = main.filter(post_id=first.post_id) if first.post_id else main.filter(post=None)
    main.update(primary=True)
    tree = Tree()
    memberships_refresh(account_ids=[member.account_id], tree=tree)
    said = [
        tree.path(each.department_id, language="zh-hans")
        + (f"({posts[each.post_id].name})" if each.post_id else "")
        for each in places
    ]
    _record(actor, "member_placed", member, places=", ".join(said))
    heads_settle(actor=actor, tree=tree, account_ids=[member.account_id])


def _switch(actor: Actor, members: Iterable[Member], *, on: bool) -> int:
    changed = 0
    for member in sorted(members, key=lambda each: each.account_id):
        account = member.account
        account.refresh_from_db(fields=["state"])
        if on and account.state == AccountState.DISABLED:
            account_enable(actor=actor, account=account)
            changed += 1
        elif not on and account.state != AccountState.DISABLED:
            account_disable(actor=actor, account=account)
            changed += 1
    return changed


def _record(actor: Actor, act: str, member: Member, **params: object) -> None:
    record(
        actor=actor,
        action=f"organization.{act}",
        target_kind="accounts.account",
        target_id=member.account_id,
        target_name=member.account.name,
        params=params,
    )
