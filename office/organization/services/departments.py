"""Changes of the tree of departments (部门).

Each locks all departments of the bureau first, a few hundred rows at most: two administrators who move
departments into each other at once are taken one after the other, and the second one's move is judged
by what the first has left.
"""

import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from asp.audit.actor import Actor
from asp.audit.services import record, record_many
from office.organization import errors, names
from office.organization.memberships import memberships_refresh
from office.organization.models import MAX_DEPTH, Appointment, Department
from office.organization.services.heads import (
    KEEP,
    HeadChoice,
    Keep,
    around,
    head_act,
    head_checked,
    heads_settle,
)
from office.organization.tree import Tree

NAME_LIMIT = 60
NAME_EN_LIMIT = 120
CODE_LIMIT = 32
GAP = 10


def tree_locked() -> Tree:
    """The tree, with every department locked until the end of the transaction.

    `no_key`: people can be appointed meanwhile only through services that lock the department too.
    """
    return Tree(Department.objects.select_for_update(no_key=True).order_by("id"))


def name_checked(text: str, *, limit: int) -> str:
    """A name that may be stored; raises NameRefused with the reason."""
    try:
        return names.clean(text, limit=limit)
    except ValidationError as error:
        raise errors.NameRefused(params={"reason": error.message}) from error


def required_name(text: str) -> str:
    """The same for a name that must not be empty."""
    name = name_checked(text, limit=NAME_LIMIT)
    if not name:
        raise errors.NameRefused(params={"reason": names.PROBLEMS["empty"]})
    return name


@transaction.atomic
def department_create(
    *,
    actor: Actor,
    name: str,
    name_en: str = "",
    code: str = "",
    parent: Department | None = None,
    head: uuid.UUID | None = None,
) -> Department:
    """Create a department below `parent` (None: at the top), after those that are there.

    `head`: account of somebody who works above it. Raises NameRefused, NameTaken, TooDeep, Dissolved, HeadUnfit.
    """
    tree = tree_locked()
    made = create_within(actor=actor, tree=tree, name=name, name_en=name_en, code=code, parent=parent)
    if head is not None:
        line = {each.id for each in tree.lineage(parent.id)} if parent else set()
        _set_head(actor, made, head, line)
    return made


def create_within(
    *,
    actor: Actor,
    tree: Tree,
    name: str,
    name_en: str = "",
    code: str = "",
    parent: Department | None = None,
) -> Department:
    """`department_create` for callers that hold the lock already."""
    name = required_name(name)
    _refuse_dissolved(tree, parent)
    if tree.depth(parent.id if parent else None) + 1 > MAX_DEPTH:
        raise errors.TooDeep(params={"limit": MAX_DEPTH})
    _refuse_taken(tree, name, parent.id if parent else None)
    row = tree.children(parent.id if parent else None)
    department = Department.objects.create(
        parent=parent,
        name=name,
        name_en=name_checked(name_en, limit=NAME_EN_LIMIT),
        code=name_checked(code, limit=CODE_LIMIT),
        sort=(row[-1].sort if row else 0) + GAP,
    )
    _record(actor, "created", department, parent=parent.name if parent else "")
    return department


@transaction.atomic
def department_update(
    *,
    actor: Actor,
    department: Department,
    name: str,
    name_en: str = "",
    code: str = "",
    head: HeadChoice = KEEP,
) -> Department:
    """Rename a department; make an account its head (部门负责人), or with None nobody.

    Raises NameRefused, NameTaken, Dissolved, HeadUnfit.
    """
    tree = tree_locked()
    _refuse_dissolved(tree, department)
    row = tree.by_id[department.id]
    name = required_name(name)
    if name != row.name:
        _refuse_taken(tree, name, row.parent_id)
    old = row.name
    new = (name, name_checked(name_en, limit=NAME_EN_LIMIT), name_checked(code, limit=CODE_LIMIT))
    if new != (row.name, row.name_en, row.code):
        row.name, row.name_en, row.code = new
        row.save(update_fields=["name", "name_en", "code"])
        _record(actor, "renamed", row, old=old, new=name)
    if not isinstance(head, Keep) and head != row.head_id:
        _set_head(actor, row, head, around(tree, row.id))
    return row


def _set_head(actor: Actor, row: Department, head: uuid.UUID | None, line: set[uuid.UUID]) -> None:
    former = row.head.name if row.head else ""
    row.head = head_checked(line=line, head_id=head) if head is not None else None
    row.save(update_fields=["head"])
    record_many([head_act(actor, row, head=row.head.name if row.head else "", former=former)])


@transaction.atomic
def department_move(
    *, actor: Actor, department: Department, parent: Department | None, before: Department | None = None
) -> Department:
    """Move a department, with everything below it, under `parent` (None: the top).

    It goes before `before`, or last. Memberships of everybody in it follow in the same transaction.
    Raises WouldBeCycle, TooDeep, NameTaken, Dissolved.
    """
    tree = tree_locked()
    _refuse_dissolved(tree, department)
    _refuse_dissolved(tree, parent)
    row = tree.by_id[department.id]
    target = parent.id if parent else None
    if target in tree.below(row.id):
        raise errors.WouldBeCycle(params={"name": row.name, "target": tree.by_id[target].name})
    if tree.depth(target) + tree.height(row.id) > MAX_DEPTH:
        raise errors.TooDeep(params={"limit": MAX_DEPTH})
    elsewhere = row.parent_id != target
    if elsewhere:
        _refuse_taken(tree, row.name, target)
    siblings = [each for each in tree.children(target) if each.id != row.id]
    place = next(
        (index for index, each in enumerate(siblings) if before and each.id == before.id), len(siblings)
    )
    siblings.insert(place, row)
    old = tree.by_id[row.parent_id].name if row.parent_id else ""
    row.parent = tree.by_id[target] if target else None
    _number(siblings)
    row.save(update_fields=["parent", "sort"])
    if elsewhere:
        held = Appointment.objects.filter(department_id__in=tree.below(row.id))
        accounts = set(held.order_by().values_list("member__account_id", flat=True))
        moved = Tree(tree.by_id.values())
        memberships_refresh(account_ids=accounts, tree=moved)
        _record(actor, "moved", row, old=old, new=row.parent.name if row.parent else "")
        heads_settle(actor=actor, tree=moved)
    else:
        _record(actor, "reordered", row)
    return row


@transaction.atomic
def department_shift(*, actor: Actor, department: Department, up: bool) -> bool:
    """Let a department change places with its neighbour above or below; False if there is none."""
    tree = tree_locked()
    _refuse_dissolved(tree, department)
    row = list(tree.children(tree.by_id[department.id].parent_id))
    place = next(index for index, each in enumerate(row) if each.id == department.id)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(row):
        return False
    row[place], row[other] = row[other], row[place]
    _number(row)
    _record(actor, "reordered", tree.by_id[department.id])
    return True


@transaction.atomic
def department_dissolve(*, actor: Actor, department: Department) -> Department:
    """Dissolve (撤销) a department that has nobody in it and nothing below it. Raises NotEmpty."""
    tree = tree_locked()
    _refuse_dissolved(tree, department)
    row = tree.by_id[department.id]
    people = Appointment.objects.filter(department=row).values("member_id").distinct().count()
    below = len(tree.children(row.id))
    if people or below:
        raise errors.NotEmpty(params={"name": row.name, "people": people, "departments": below})
    row.dissolved_at, row.head = timezone.now(), None
    row.save(update_fields=["dissolved_at", "head"])
    _record(actor, "dissolved", row)
    return row


def departments_lock(keys: set[uuid.UUID]) -> dict[uuid.UUID, Department]:
    """Lock departments that people are about to be put into. Raises Dissolved; absent ones are left out."""
    locked = Department.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("id")
    found = {each.id: each for each in locked}
    for each in found.values():
        if each.is_dissolved:
            raise errors.Dissolved(params={"name": each.name})
    return found


def _number(row: list[Department]) -> None:
    changed = []
    for place, each in enumerate(row, start=1):
        if each.sort != place * GAP:
            each.sort = place * GAP
            changed.append(each)
    Department.objects.bulk_update(changed, ["sort"])


def _refuse_dissolved(tree: Tree, department: Department | None) -> None:
    if department is not None and department.id not in tree.by_id:
        raise errors.Dissolved(params={"name": department.name})


def _refuse_taken(tree: Tree, name: str, parent: uuid.UUID | None) -> None:
    if any(each.name == name for each in tree.children(parent)):
        raise errors.NameTaken(params={"name": name})


def _record(actor: Actor, act: str, department: Department, **params: object) -> None:
    record(
        actor=actor,
        action=f"organization.department_{act}",
        target_kind="organization.department",
        target_id=department.id,
        target_name=department.name,
        params=params,
    )
