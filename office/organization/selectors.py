"""Reads of the organization: the tree, people in address-book order, one thing or 404."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Case,
    Count,
    F,
    FilteredRelation,
    Func,
    IntegerField,
    Q,
    QuerySet,
    UUIDField,
    Value,
    When,
)
from django.http import Http404

from asp.accounts.models import Account, AccountKind, AccountState
from office.organization.models import Appointment, Department, Import, Member, Post
from office.organization.tree import Tree

SORTS = {
    "name": ("account__pinyin", "account_id"),
    "login": ("account__login",),
    "state": ("account__state", "account__pinyin", "account_id"),
    "signed_in": ("account__last_sign_in", "account_id"),
}
# Ready, waiting, closed: not the alphabet.
STATE_ORDER = {AccountState.INVITED: 1, AccountState.ACTIVE: 2, AccountState.DISABLED: 3}


@dataclass(frozen=True, slots=True)
class MemberFilter:
    """What the staff list shows. `department` means it and those below."""

    department: uuid.UUID | None = None
    post: uuid.UUID | None = None
    state: str = ""
    text: str = ""
    sort: str = ""


def department_tree() -> Tree:
    """All departments of the bureau."""
    return Tree()


def department_get(department_id: uuid.UUID) -> Department:
    """One standing department, or Http404."""
    found = Department.objects.filter(pk=department_id, dissolved_at=None).first()
    if found is None:
        raise Http404
    return found


def departments_of(account: Account) -> list[Department]:
    """The departments that somebody works in, the main one first."""
    held = Appointment.objects.filter(member__account=account, department__dissolved_at=None)
    found = [each.department for each in held.select_related("department")]
    return list(dict.fromkeys(found))


def main_place_of(account: Account) -> tuple[Department, Post | None] | None:
    """Where somebody mainly works, or None."""
    held = Appointment.objects.filter(member__account=account, primary=True)
    found = held.select_related("department", "post").first()
    return (found.department, found.post) if found is not None else None


def people_counts() -> dict[uuid.UUID, int]:
    """How many people who are not disabled each department has itself."""
    held = Appointment.objects.exclude(member__account__state=AccountState.DISABLED).order_by()
    counted = held.values("department_id").annotate(people=Count("member_id", distinct=True))
    return {each["department_id"]: each["people"] for each in counted}


def post_list() -> QuerySet[Post]:
    """Posts in their order, with how many people hold each."""
    return Post.objects.annotate(people=Count("appointments__member", distinct=True))


def post_get(post_id: uuid.UUID) -> Post:
    """One post, or Http404."""
    found = Post.objects.filter(pk=post_id).first()
    if found is None:
        raise Http404
    return found


def member_get(member_id: uuid.UUID) -> Member:
    """One person, or Http404."""
    found = Member.objects.select_related("account").filter(pk=member_id).first()
    if found is None:
        raise Http404
    return found


def members_get(member_ids: Collection[uuid.UUID], *, tree: Tree | None = None) -> list[Member]:
    """Several people in address-book order; those who are not here are left out."""
    return list(member_list(MemberFilter(), tree=tree).filter(pk__in=member_ids))


def member_list(wanted: MemberFilter, *, tree: Tree | None = None) -> QuerySet[Member]:
    """People with their accounts and places, by default in address-book order (通讯录).

    That is: order of the departments, rank of the post, the person's own number, then pinyin.
    """
    tree = tree or Tree()
    members = Member.objects.select_related("account").filter(account__kind=AccountKind.STAFF)
    if wanted.text.strip():
        accounts = Account.objects.staff().named(wanted.text)
        numbered = Q(staff_number__istartswith=wanted.text.strip())
        members = members.filter(Q(account__in=accounts.order_by().values("pk")) | numbered)
    if wanted.state in AccountState.values:
        members = members.filter(account__state=wanted.state)
    held = Appointment.objects.order_by()
    if wanted.department is not None:
        below = tree.below(wanted.department)
        members = members.filter(pk__in=held.filter(department_id__in=below).values("member_id"))
    if wanted.post is not None:
        members = members.filter(pk__in=held.filter(post_id=wanted.post).values("member_id"))
    return _ordered(members, wanted.sort, tree).prefetch_related(
        "appointments__department", "appointments__post"
    )


def _ordered(members: QuerySet[Member], sort: str, tree: Tree) -> QuerySet[Member]:
    down, key = sort.startswith("-"), sort.lstrip("-")
    if key == "state":
        states = Case(
            *(When(account__state=state, then=Value(place)) for state, place in STATE_ORDER.items())
        )
        return members.order_by(states.desc() if down else states.asc(), "account__pinyin", "account_id")
    if key in SORTS:
        first, *rest = SORTS[key]
        order = F(first).desc(nulls_last=True) if down else F(first).asc(nulls_last=True)
        return members.order_by(order, *rest)
    places = [node.department.id for node in tree.walk()]
    members = members.alias(
        main=FilteredRelation("appointments", condition=Q(appointments__primary=True)),
    ).alias(
        place=Func(
            Value(places, output_field=ArrayField(UUIDField())),
            F("main__department_id"),
            function="array_position",
            output_field=IntegerField(),
        )
    )
    return members.order_by(
        F("place").asc(nulls_last=True),
        F("main__post__rank").asc(nulls_last=True),
        F("main__post__sort").asc(nulls_last=True),
        "sort",
        "account__pinyin",
        "account_id",
    )


def import_get(import_id: uuid.UUID) -> Import:
    """One import, or Http404."""
    found = Import.objects.filter(pk=import_id).first()
    if found is None:
        raise Http404
    return found


def import_list() -> QuerySet[Import]:
    """Former imports, the latest first, without what they hold."""
    return Import.objects.defer("rows")


@dataclass(frozen=True, slots=True)
class Figures:
    """How far the office is set up."""

    departments: int
    posts: int
    people: int
    invited: int
    active: int


def figures() -> Figures:
    """Numbers for the first steps on the workbench."""
    counted = Member.objects.aggregate(
        people=Count("pk", filter=~Q(account__state=AccountState.DISABLED)),
        invited=Count("pk", filter=Q(account__state=AccountState.INVITED)),
        active=Count("pk", filter=Q(account__state=AccountState.ACTIVE)),
    )
    return Figures(
        departments=Department.objects.filter(dissolved_at=None).count(),
        posts=Post.objects.count(),
        **counted,
    )


def main_departments(accounts: Collection[uuid.UUID]) -> dict[uuid.UUID, Department]:
    """The main department of each of these accounts that has one, in one statement."""
    held = Appointment.objects.filter(member__account_id__in=accounts, primary=True)
    return {each.member.account_id: each.department for each in held.select_related("member", "department")}
