"""Subjects (主体): one way to say "who" for roles, access lists, performers, audiences and pickers.

A subject is a person, a post, a department alone, a department with those below it, a role, or
everybody who works here. The three administrators are subjects of nothing: no access list can reach
them, because they read no business content.
"""

import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.utils.functional import Promise

from asp.accounts.models import AccountKind, RoleGrant, SubjectMembership

if TYPE_CHECKING:
    from asp.accounts.models import Account

PERSON: Final = "person"
POST: Final = "post"
DEPARTMENT: Final = "department"
DEPARTMENT_TREE: Final = "department_tree"
ROLE: Final = "role"
EVERYBODY_KIND: Final = "everybody"
KINDS: Final = (PERSON, POST, DEPARTMENT, DEPARTMENT_TREE, ROLE, EVERYBODY_KIND)
STORED_KINDS: Final = (POST, DEPARTMENT, DEPARTMENT_TREE)
NOBODY_ID: Final = uuid.UUID(int=0)


@dataclass(frozen=True, slots=True)
class Subject:
    """Who: a kind and the key of the row; `everybody` has the nil UUID."""

    kind: str
    id: uuid.UUID = NOBODY_ID

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no such kind of subject: {self.kind}")

    @property
    def key(self) -> str:
        """`person:0190…`, for forms and array columns; `parse` reads it back."""
        return f"{self.kind}:{self.id}"

    @classmethod
    def parse(cls, key: str) -> "Subject":
        """Read what `key` gave; raises ValueError for anything else."""
        kind, _, identity = key.partition(":")
        return cls(kind, uuid.UUID(identity))

    @classmethod
    def person(cls, account: "Account") -> "Subject":
        """The subject of one account."""
        return cls(PERSON, account.pk)


EVERYBODY: Final = Subject(EVERYBODY_KIND)


@dataclass(frozen=True, slots=True)
class SubjectChoice:
    """A subject as a picker shows it."""

    subject: Subject
    label: str
    detail: str = ""
    icon: str = "user"


SearchFunction = Callable[[str, int], Iterable[SubjectChoice]]
LabelFunction = Callable[[Collection[uuid.UUID]], Iterable[SubjectChoice]]


@dataclass(frozen=True, slots=True)
class Provider:
    """Where a picker finds subjects of `kind`: by words, and by keys."""

    kind: str
    title: str | Promise
    search: SearchFunction
    label: LabelFunction
    order: int = 100


_providers: dict[str, Provider] = {}


def register_provider(provider: Provider) -> None:
    """Let pickers find one more kind of subject. Called from `AppConfig.ready`."""
    _providers[provider.kind] = provider


def providers() -> list[Provider]:
    """All providers, in the order in which a picker shows them."""
    return sorted(_providers.values(), key=lambda each: each.order)


def subject_search(
    query: str, *, kinds: Collection[str] | None = None, limit: int = 8
) -> list[SubjectChoice]:
    """Subjects whose name matches `query`, at most `limit` of each kind."""
    found: list[SubjectChoice] = []
    for provider in providers():
        if kinds is None or provider.kind in kinds:
            found.extend(provider.search(query.strip()[:100], limit))
    return found


def subject_labels(subjects: Iterable[Subject]) -> dict[Subject, SubjectChoice]:
    """Names for `subjects`; those that no longer exist are left out."""
    wanted: dict[str, set[uuid.UUID]] = {}
    for subject in subjects:
        wanted.setdefault(subject.kind, set()).add(subject.id)
    labels: dict[Subject, SubjectChoice] = {}
    for kind, ids in wanted.items():
        if kind in _providers:
            labels.update({choice.subject: choice for choice in _providers[kind].label(ids)})
    return labels


def grants_of(account: "Account") -> QuerySet[RoleGrant]:
    """The grants that reach `account`; to be used as a subquery."""
    member = SubjectMembership.objects.filter(
        account=account, kind=OuterRef("subject_kind"), subject_id=OuterRef("subject_id")
    )
    return RoleGrant.objects.filter(
        Q(subject_kind=EVERYBODY_KIND) | Q(subject_kind=PERSON, subject_id=account.pk) | Exists(member)
    )


def subjects_of(account: "Account") -> frozenset[Subject]:
    """Everything that `account` is, for comparing with access lists; one query, kept on the object.

    The three administrators and people without an account here are nothing at all.
    """
    if not account.is_authenticated or account.kind != AccountKind.STAFF:
        return frozenset()
    cached: frozenset[Subject] | None = account.__dict__.get("_subjects")
    if cached is None:
        stored = SubjectMembership.objects.filter(account=account).values_list("kind", "subject_id")
        roles = grants_of(account).order_by().values_list(Value(ROLE), "role_id")
        cached = frozenset(
            {Subject(kind, key) for kind, key in stored.union(roles)} | {EVERYBODY, Subject.person(account)}
        )
        account.__dict__["_subjects"] = cached
    return cached


@transaction.atomic
def membership_replace(*, account: "Account", subjects: Iterable[Subject]) -> None:
    """Make `subjects` (posts and departments) the stored memberships of `account`.

    Called by `office.organization` in the transaction that changes a person's place.
    """
    wanted = {(subject.kind, subject.id) for subject in subjects}
    for kind, _key in wanted:
        if kind not in STORED_KINDS:
            raise ValueError(f"membership of {kind} is not stored")
    rows = list(SubjectMembership.objects.filter(account=account))
    SubjectMembership.objects.filter(
        pk__in=[row.pk for row in rows if (row.kind, row.subject_id) not in wanted]
    ).delete()
    present = {(row.kind, row.subject_id) for row in rows}
    SubjectMembership.objects.bulk_create(
        [SubjectMembership(account=account, kind=kind, subject_id=key) for kind, key in wanted - present],
        ignore_conflicts=True,
    )
    account.__dict__.pop("_subjects", None)
    account.__dict__.pop("codes", None)


def members_of(subjects: Sequence[Subject]) -> "QuerySet[Account]":
    """The active staff whom `subjects` reach; for audiences and notices."""
    from asp.accounts.models import Account, AccountState

    reached = Q(pk__in=[each.id for each in subjects if each.kind == PERSON])
    stored = [each for each in subjects if each.kind in STORED_KINDS]
    for each in stored:
        member = SubjectMembership.objects.filter(account=OuterRef("pk"), kind=each.kind, subject_id=each.id)
        reached |= Q(Exists(member))
    roles = [each.id for each in subjects if each.kind == ROLE]
    if roles:
        reached |= _holders_of(roles)
    staff = Account.objects.staff().filter(state=AccountState.ACTIVE)
    return staff if EVERYBODY in subjects else staff.filter(reached)


def _holders_of(roles: list[uuid.UUID]) -> Q:
    held = Q()
    for kind, key in RoleGrant.objects.filter(role_id__in=roles).values_list("subject_kind", "subject_id"):
        if kind == EVERYBODY_KIND:
            return Q(pk__isnull=False)
        if kind == PERSON:
            held |= Q(pk=key)
        else:
            member = SubjectMembership.objects.filter(account=OuterRef("pk"), kind=kind, subject_id=key)
            held |= Q(Exists(member))
    return held or Q(pk__in=[])
