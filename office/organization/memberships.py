"""Keeps the flattened subject memberships of people in step with their appointments and the tree."""

import uuid
from collections.abc import Collection, Iterable

from django.db import transaction

from asp.accounts.models import SubjectMembership
from asp.accounts.subjects import DEPARTMENT, DEPARTMENT_TREE, POST
from office.organization.models import Appointment
from office.organization.tree import Tree

Key = tuple[str, uuid.UUID]
BATCH = 1000


def subjects_of_places(places: Iterable[tuple[uuid.UUID, uuid.UUID | None]], tree: Tree) -> set[Key]:
    """The memberships that follow from `places`, pairs of department and post (or None)."""
    found: set[Key] = set()
    for department_id, post_id in places:
        found.add((DEPARTMENT, department_id))
        found |= {(DEPARTMENT_TREE, each.id) for each in tree.lineage(department_id)}
        if post_id is not None:
            found.add((POST, post_id))
    return found


@transaction.atomic
def memberships_refresh(*, account_ids: Collection[uuid.UUID], tree: Tree) -> int:
    """Make the stored memberships of these accounts what their appointments say; return the rows changed.

    In batches of a fixed number of statements, because a reorganisation or an import touches thousands.
    The caller holds the locks that keep tree and appointments still.
    """
    changed = 0
    ids = list(account_ids)
    for start in range(0, len(ids), BATCH):
        changed += _refresh(ids[start : start + BATCH], tree)
    return changed


def _refresh(account_ids: list[uuid.UUID], tree: Tree) -> int:
    places: dict[uuid.UUID, list[tuple[uuid.UUID, uuid.UUID | None]]] = {each: [] for each in account_ids}
    held = Appointment.objects.filter(member__account_id__in=account_ids).order_by()
    for account_id, department_id, post_id in held.values_list(
        "member__account_id", "department_id", "post_id"
    ):
        places[account_id].append((department_id, post_id))
    wanted = {
        (account_id, *key) for account_id, held in places.items() for key in subjects_of_places(held, tree)
    }
    stored = {
        (account_id, kind, subject_id): pk
        for pk, account_id, kind, subject_id in SubjectMembership.objects.filter(
            account_id__in=account_ids
        ).values_list("pk", "account_id", "kind", "subject_id")
    }
    gone = [pk for key, pk in stored.items() if key not in wanted]
    if gone:
        SubjectMembership.objects.filter(pk__in=gone).delete()
    missing = [
        SubjectMembership(account_id=account_id, kind=kind, subject_id=subject_id)
        for account_id, kind, subject_id in wanted - stored.keys()
    ]
    SubjectMembership.objects.bulk_create(missing, batch_size=BATCH, ignore_conflicts=True)
    return len(gone) + len(missing)
