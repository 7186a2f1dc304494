"""Where forms find people and departments (表单中的人员和部门)."""

import uuid
from collections.abc import Collection, Iterable

from asp.accounts.models import Account, AccountState
from asp.forms import Directory, Entry, directory_register
from asp.ui.text import localized
from office.organization.models import Appointment, Department
from office.organization.pickers import matches
from office.organization.tree import Tree


def register() -> None:
    """Called when Django is ready."""
    directory_register(Directory("person", _people_search, _people_labels, _people_usable))
    directory_register(Directory("department", _departments_search, _departments_labels, _departments_usable))


def _people(accounts: Iterable[Account]) -> list[Entry]:
    """With the main department of each, in one statement for all."""
    accounts = list(accounts)
    held = Appointment.objects.filter(member__account__in=accounts, primary=True)
    places = {each.member.account_id: each.department for each in held.select_related("department", "member")}
    return [Entry(each.pk, localized(each), localized(places.get(each.pk))) for each in accounts]


def _people_search(words: str, limit: int) -> list[Entry]:
    return _people(Account.objects.staff().filter(state=AccountState.ACTIVE).named(words)[:limit])


def _people_labels(ids: Collection[uuid.UUID]) -> list[Entry]:
    return _people(Account.objects.staff().filter(pk__in=ids))


def _people_usable(ids: Collection[uuid.UUID]) -> Collection[uuid.UUID]:
    found = Account.objects.staff().filter(pk__in=ids, state=AccountState.ACTIVE)
    return set(found.values_list("pk", flat=True))


def _department(tree: Tree, each: Department) -> Entry:
    above = tree.lineage(each.id)[1:]
    return Entry(each.id, localized(each), "/".join(localized(one) for one in reversed(above)))


def _departments_search(words: str, limit: int) -> list[Entry]:
    tree = Tree()
    found = [node.department for node in tree.walk() if matches(words, node.department)]
    return [_department(tree, each) for each in found[:limit]]


def _departments_labels(ids: Collection[uuid.UUID]) -> list[Entry]:
    tree = Tree()
    found = (tree.by_id.get(key) or tree.dissolved.get(key) for key in ids)
    return [_department(tree, each) for each in found if each is not None]


def _departments_usable(ids: Collection[uuid.UUID]) -> Collection[uuid.UUID]:
    return set(Department.objects.filter(pk__in=ids, dissolved_at=None).values_list("pk", flat=True))
