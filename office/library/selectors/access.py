"""Who may do what: the one way from an account to a node.

Rights come from `Access` rows on the node or on a folder above it, and add up. A cabinet's own rules
(its owner, its department, everybody for the unit library) are such rows on its top folder, so one
rule serves all. Three things are not rows: holders of `library.unit.manage` manage the unit library,
holders of `library.department.manage` the cabinets of their own departments, and whoever made a thing
manages it for as long as they may edit where it lies.
"""

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Q
from django.http import Http404

from asp.accounts.subjects import DEPARTMENT, EVERYBODY_KIND, PERSON, Subject, subjects_of
from office.library.models import Access, Cabinet, CabinetKind, Level, Node
from office.library.permissions import MANAGE_DEPARTMENT, MANAGE_UNIT, USE

if TYPE_CHECKING:
    from asp.accounts.models import Account

NONE = 0


def grants_for(account: "Account") -> dict[uuid.UUID, int]:
    """Node -> level for everything that was granted to the account, directly or as part of a subject.

    One query, kept on the object; empty for administrators and for people without `library.use`.
    """
    cached: dict[uuid.UUID, int] | None = account.__dict__.get("_library_grants")
    if cached is not None:
        return cached
    grants: dict[uuid.UUID, int] = {}
    mine = _subjects(account)
    if mine:
        keys = {(subject.kind, subject.id) for subject in mine}
        rows = Access.objects.filter(subject_id__in={key for _kind, key in keys}).order_by()
        for node_id, kind, subject_id, level in rows.values_list(
            "node_id", "subject_kind", "subject_id", "level"
        ):
            # A department and the department with those below it have the same key.
            if (kind, subject_id) in keys:
                grants[node_id] = max(level, grants.get(node_id, NONE))
    account.__dict__["_library_grants"] = grants
    return grants


def _subjects(account: "Account") -> frozenset[Subject]:
    if not account.is_authenticated or not account.has_code(USE):
        return frozenset()
    return subjects_of(account)


def level_of(account: "Account", node: Node) -> int:
    """What `account` may do with `node`: a `Level`, or 0 for nothing. Expects `node.cabinet` to be loaded."""
    grants = grants_for(account)
    level = max((grants.get(key, NONE) for key in node.line), default=NONE)
    if _manages_cabinet(account, node):
        return Level.MANAGE
    if level == Level.EDIT and node.created_by == account.pk and not node.is_top:
        return Level.MANAGE
    return level


def _manages_cabinet(account: "Account", node: Node) -> bool:
    subjects = _subjects(account)
    if not subjects:
        return False
    if node.cabinet.kind == CabinetKind.UNIT:
        return account.has_code(MANAGE_UNIT)
    if node.cabinet.kind == CabinetKind.DEPARTMENT:
        return Subject(DEPARTMENT, node.cabinet.owner_id) in subjects and account.has_code(MANAGE_DEPARTMENT)
    return False


def reach_of(account: "Account", node: Node) -> int:
    """How many of the folders above `node` are hidden from `account`, who got in further down."""
    if _manages_cabinet(account, node):
        return 0
    grants = grants_for(account)
    for index, key in enumerate(node.line):
        if key in grants:
            return index
    return len(node.path)


def node_get_for(
    *, account: "Account", node_id: uuid.UUID, level: int = Level.VIEW, trashed: bool = False
) -> Node:
    """Return a node that `account` may use at `level`, with `level` and `hidden` set on it.

    Absent, in the trash (or, with `trashed`, not in it) and forbidden all raise the same Http404.
    """
    node = Node.objects.select_related("cabinet").filter(pk=node_id, erasing=False).first()
    if node is None or node.is_trashed != trashed:
        raise Http404
    return _allowed(account, node, level)


def nodes_get_for(
    *, account: "Account", node_ids: Iterable[uuid.UUID], level: int = Level.VIEW, trashed: bool = False
) -> list[Node]:
    """The same for several at once, in one query; one that is not allowed makes all of them absent."""
    wanted = list(dict.fromkeys(node_ids))
    found = {
        node.pk: node for node in Node.objects.select_related("cabinet").filter(pk__in=wanted, erasing=False)
    }
    if len(found) != len(wanted) or any(node.is_trashed != trashed for node in found.values()):
        raise Http404
    return [_allowed(account, found[key], level) for key in wanted]


def folder_get_for(*, account: "Account", node_id: uuid.UUID, level: int = Level.VIEW) -> Node:
    """Return a folder, or Http404, also for a file."""
    node = node_get_for(account=account, node_id=node_id, level=level)
    if not node.is_folder:
        raise Http404
    return node


def _allowed(account: "Account", node: Node, level: int) -> Node:
    has = level_of(account, node)
    if has == NONE or has < level:
        raise Http404
    node.level = has  # type: ignore[attr-defined]
    node.hidden = reach_of(account, node)  # type: ignore[attr-defined]
    return node


def reached(account: "Account", *, level: int = Level.VIEW) -> Q:
    """The condition that picks the nodes which `account` may use at `level` by grants (1 or 2, not own works)."""
    keys = [key for key, has in grants_for(account).items() if has >= level]
    condition = Q(pk__in=keys) | Q(path__overlap=keys) if keys else Q(pk__in=[])
    subjects = _subjects(account)
    if subjects and account.has_code(MANAGE_UNIT):
        condition |= Q(cabinet__kind=CabinetKind.UNIT)
    if subjects and account.has_code(MANAGE_DEPARTMENT):
        own = [subject.id for subject in subjects if subject.kind == DEPARTMENT]
        condition |= Q(cabinet__kind=CabinetKind.DEPARTMENT, cabinet__owner_id__in=own)
    return condition


def audiences_of(nodes: Iterable[Node]) -> dict[uuid.UUID, set[Subject]]:
    """Node -> the subjects who may see it, for the search index. One query for all."""
    nodes = list(nodes)
    keys = {key for node in nodes for key in node.line}
    granted: dict[uuid.UUID, set[Subject]] = {}
    for node_id, kind, subject_id in (
        Access.objects.filter(node_id__in=keys)
        .order_by()
        .values_list("node_id", "subject_kind", "subject_id")
    ):
        granted.setdefault(node_id, set()).add(Subject(kind, subject_id))
    empty: set[Subject] = set()
    return {node.pk: empty.union(*(granted.get(key, empty) for key in node.line)) for node in nodes}


def is_own_row(cabinet: Cabinet, access: Access) -> bool:
    """Whether a grant is what makes the cabinet its owner's; nobody can be locked out of their own cabinet."""
    if access.node_id != cabinet.pk:
        return False
    kinds = {
        CabinetKind.PERSONAL: PERSON,
        CabinetKind.DEPARTMENT: DEPARTMENT,
        CabinetKind.UNIT: EVERYBODY_KIND,
    }
    return access.subject_kind == kinds[CabinetKind(cabinet.kind)] and access.subject_id == cabinet.owner_id
