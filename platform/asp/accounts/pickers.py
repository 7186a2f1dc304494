"""What pickers find without `office.organization`: people, roles, everybody."""

import uuid
from collections.abc import Collection, Iterable

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from asp.accounts.models import Account, AccountState, Role
from asp.accounts.subjects import (
    EVERYBODY,
    EVERYBODY_KIND,
    PERSON,
    ROLE,
    Provider,
    Subject,
    SubjectChoice,
    register_provider,
)
from asp.ui.text import localized


def register() -> None:
    """Called when Django is ready."""
    register_provider(Provider(EVERYBODY_KIND, _("Everybody"), _everybody_search, _everybody_label, order=90))
    register_provider(Provider(PERSON, _("People"), _people_search, _people_label, order=10))
    register_provider(Provider(ROLE, _("Roles"), _roles_search, _roles_label, order=80))


def _person(account: Account) -> SubjectChoice:
    return SubjectChoice(Subject(PERSON, account.pk), localized(account), account.login, "user")


def _people_search(query: str, limit: int) -> Iterable[SubjectChoice]:
    people = Account.objects.staff().exclude(state=AccountState.DISABLED).named(query)
    return [_person(each) for each in people[:limit]]


def _people_label(ids: Collection[uuid.UUID]) -> Iterable[SubjectChoice]:
    return [_person(each) for each in Account.objects.filter(pk__in=ids)]


def _role(role: Role) -> SubjectChoice:
    return SubjectChoice(Subject(ROLE, role.pk), localized(role), gettext("Role"), "shield")


def _roles_search(query: str, limit: int) -> Iterable[SubjectChoice]:
    roles = Role.objects.filter(Q(name__icontains=query) | Q(name_en__icontains=query))
    return [_role(each) for each in roles[:limit]]


def _roles_label(ids: Collection[uuid.UUID]) -> Iterable[SubjectChoice]:
    return [_role(each) for each in Role.objects.filter(pk__in=ids)]


def _everybody() -> SubjectChoice:
    return SubjectChoice(EVERYBODY, gettext("Everybody"), gettext("All staff of this office"), "users")


def _everybody_search(query: str, limit: int) -> Iterable[SubjectChoice]:
    del limit
    names = (gettext("Everybody").lower(), "everybody", "所有人", "全体", "suoyouren")
    return [_everybody()] if not query or any(query.lower() in each for each in names) else []


def _everybody_label(ids: Collection[uuid.UUID]) -> Iterable[SubjectChoice]:
    return [_everybody() for _each in ids]
