"""Heads of departments (部门负责人) and who stands before whom; read through `services`, the app's door."""

import uuid
from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from asp.accounts.models import Account, AccountState
from asp.ui.text import localized
from office.organization.models import Appointment, Department
from office.organization.tree import Tree

LAST = 1_000_000


def department_head(department_id: uuid.UUID) -> Account | None:
    """The head of a standing department, or None; never somebody whose account does not work."""
    found = Department.objects.filter(pk=department_id, dissolved_at=None, head__state=AccountState.ACTIVE)
    row = found.select_related("head").first()
    return row.head if row is not None else None


def head_of(account: Account) -> Account | None:
    """Who stands above somebody: the head of their main department.

    If that is the person, or nobody whose account works, then the head of the nearest department above.
    """
    return heads_of([account.pk])[account.pk]


def heads_of(account_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Account | None]:
    """The same for many, in three statements."""
    mains = dict(_mains(account_ids))
    tree = Tree()
    wanted = {each.head_id for key in mains.values() for each in tree.lineage(key) if each.head_id}
    active = Account.objects.filter(pk__in=wanted, state=AccountState.ACTIVE).in_bulk() if wanted else {}
    found: dict[uuid.UUID, Account | None] = dict.fromkeys(account_ids)
    for account_id, department_id in mains.items():
        line = (active.get(each.head_id) for each in tree.lineage(department_id) if each.head_id)
        found[account_id] = next((one for one in line if one is not None and one.pk != account_id), None)
    return found


def head_above(account: Account) -> Account | None:
    """Who heads the department above somebody's main one (上级部门负责人).

    If that is the person, or nobody whose account works, then the head of the nearest department above it. Where none
    is above, whoever stands above the head of their own department (分管或主要领导), never the person themselves.
    """
    place = main_department_of(account)
    line = Tree().lineage(place[0]) if place is not None else []
    wanted = {each.head_id for each in line if each.head_id}
    active = Account.objects.filter(pk__in=wanted, state=AccountState.ACTIVE).in_bulk() if wanted else {}
    heads = [active.get(each.head_id) if each.head_id else None for each in line]
    for head in heads[1:]:
        if head is not None and head.pk != account.pk:
            return head
    leader = leader_above(heads[0]) if heads and heads[0] is not None else None
    return leader if leader is not None and leader.pk != account.pk else None


def leader_above(account: Account) -> Account | None:
    """Who stands above the head of a department without one above it (分管或主要领导): the highest post of the bureau.

    None for everybody else, and for whoever holds that post. Where several hold it, the first in the address book.
    """
    held = Appointment.objects.filter(member__account=account, primary=True, department__head_id=account.pk)
    rank = held.values_list("post__rank", flat=True).first()
    if not held.exists():
        return None
    above = Appointment.objects.filter(
        primary=True, post__isnull=False, member__account__state=AccountState.ACTIVE
    )
    if rank is not None:
        above = above.filter(post__rank__lt=rank)
    rows = above.exclude(member__account=account).select_related("member__account", "post").order_by()
    highest = sorted(
        rows,
        key=lambda each: (
            each.post.rank if each.post else LAST,
            each.post.sort if each.post else LAST,
            each.member.sort,
        ),
    )
    return highest[0].member.account if highest else None


def main_department_of(account: Account) -> tuple[uuid.UUID, str] | None:
    """Key and name of the department that somebody mainly works in, or None."""
    return main_departments_of([account.pk]).get(account.pk)


def main_departments_of(account_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[uuid.UUID, str]]:
    """The same for many, in one statement; people without a department are left out."""
    held = Appointment.objects.filter(member__account__in=account_ids, primary=True).order_by()
    rows = held.values_list("member__account_id", "department_id", "department__name")
    return {account_id: (department_id, name) for account_id, department_id, name in rows}


def seniority(accounts: Iterable[Account]) -> list[Account]:
    """These people as they sign (按职务排序): rank of the main post, order of departments, own number, pinyin.

    People without a post follow. Two statements.
    """
    people = list(accounts)
    places = Tree().order()
    held = Appointment.objects.filter(member__account__in=[each.pk for each in people], primary=True)
    rows = held.order_by().values_list(
        "member__account_id", "post__rank", "post__sort", "department_id", "member__sort"
    )
    keys = {
        account_id: (
            LAST if rank is None else rank,
            LAST if sort is None else sort,
            places.get(department_id, LAST),
            own,
        )
        for account_id, rank, sort, department_id, own in rows
    }
    nowhere = (LAST, LAST, LAST, LAST)
    return sorted(people, key=lambda each: (*keys.get(each.pk, nowhere), each.pinyin, each.pk))


def head_names() -> dict[uuid.UUID, Account]:
    """The head of each standing department that has one, by the department's key."""
    headed = Department.objects.filter(dissolved_at=None, head__isnull=False).order_by()
    return {each.id: each.head for each in headed.select_related("head") if each.head is not None}


def head_candidates(department: Department, tree: Tree) -> list[tuple[str, list[tuple[str, str]]]]:
    """Who may head a department, as groups of a choice: those of its own, above and below; in order of rank."""
    above = {each.id for each in tree.lineage(department.id)[1:]}
    below = tree.below(department.id) - {department.id}
    held = Appointment.objects.filter(department_id__in={department.id} | above | below).order_by()
    held = held.exclude(member__account__state=AccountState.DISABLED)
    places = tree.order()
    rows = sorted(
        held.select_related("member__account", "post"),
        key=lambda each: (
            places.get(each.department_id, LAST),
            each.post.rank if each.post else LAST,
            each.post.sort if each.post else LAST,
            each.member.sort,
            each.member.account.pinyin,
        ),
    )
    groups = [
        (_("In this department"), {department.id}),
        (_("In departments above"), above),
        (_("In departments below"), below),
    ]
    found, seen = [], set()
    for title, keys in groups:
        people = []
        for each in rows:
            account = each.member.account
            if each.department_id in keys and account.pk not in seen:
                seen.add(account.pk)
                words = [localized(account), localized(each.post) if each.post else ""]
                if each.department_id != department.id:
                    words.append(localized(tree.by_id[each.department_id]))
                people.append((str(account.pk), " · ".join(word for word in words if word)))
        if people:
            found.append((title, people))
    return found


def _mains(account_ids: Collection[uuid.UUID]) -> Iterable[tuple[uuid.UUID, uuid.UUID]]:
    held = Appointment.objects.filter(member__account__in=account_ids, primary=True).order_by()
    return held.values_list("member__account_id", "department_id")
