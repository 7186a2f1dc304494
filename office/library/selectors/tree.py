"""The tree beside every list: cabinets, and the folders around the place where the person is."""

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Q

from asp.accounts.subjects import DEPARTMENT, Subject, subject_labels, subjects_of
from asp.audit.actor import Actor
from office.library.models import Cabinet, CabinetKind, Node, NodeKind
from office.library.selectors.access import reach_of
from office.library.selectors.labels import cabinet_labels
from office.library.selectors.lists import cabinets_for
from office.library.services.cabinets import cabinet_open_department, cabinet_open_personal

if TYPE_CHECKING:
    from asp.accounts.models import Account

MOST_FOLDERS = 400


@dataclass
class Branch:
    """One line of the tree, with the lines below it."""

    id: uuid.UUID
    label: str
    icon: str
    current: bool = False
    branches: list["Branch"] = field(default_factory=list)


@dataclass
class Tree:
    """The cabinets by whose they are; `names` has every folder between the cabinet and here."""

    mine: list[Branch]
    departments: list[Branch]
    unit: list[Branch]
    labels: dict[uuid.UUID, str]
    names: dict[uuid.UUID, str]

    @property
    def groups(self) -> list[list[Branch]]:
        """All cabinets in the order in which they are shown."""
        return [self.mine, self.departments, self.unit]

    @property
    def own_id(self) -> uuid.UUID | None:
        """The key of the personal cabinet's top folder."""
        return self.mine[0].id if self.mine else None


def cabinets_ready(*, actor: Actor, account: "Account") -> list[Cabinet]:
    """Return the cabinets of `account`; on the first visit its own and its departments' are made."""
    cabinets = cabinets_for(account)
    subjects = subjects_of(account)
    if not subjects:
        return []
    present = {(cabinet.kind, cabinet.owner_id) for cabinet in cabinets}
    departments = {subject.id for subject in subjects if subject.kind == DEPARTMENT}
    missing = [key for key in departments if (CabinetKind.DEPARTMENT, key) not in present]
    if (CabinetKind.PERSONAL, account.pk) in present and not missing:
        return cabinets
    cabinet_open_personal(actor=actor, account=account)
    labels = subject_labels(Subject(DEPARTMENT, key) for key in missing)
    for subject, choice in labels.items():
        cabinet_open_department(actor=actor, department_id=subject.id, name=choice.label)
    account.__dict__.pop("_library_grants", None)
    return cabinets_for(account)


def tree_for(*, actor: Actor, account: "Account", here: Node | None = None) -> Tree:
    """Return the tree, opened down to the folder `here`. Three queries once the cabinets are there."""
    cabinets = cabinets_ready(actor=actor, account=account)
    shown = {cabinet.pk: cabinet for cabinet in cabinets}
    if here is not None:
        shown.setdefault(here.cabinet_id, here.cabinet)
    labels = cabinet_labels(account, shown.values())
    names, below = _folders(account, here)
    sections: dict[str, list[Branch]] = {kind: [] for kind in CabinetKind.values}
    for cabinet in cabinets:
        icon = {CabinetKind.PERSONAL: "user", CabinetKind.UNIT: "books"}.get(
            CabinetKind(cabinet.kind), "folder"
        )
        branch = Branch(
            cabinet.pk, labels[cabinet.pk], icon, current=here is not None and here.pk == cabinet.pk
        )
        if here is not None and cabinet.pk == here.cabinet_id:
            branch.branches = _grow(cabinet.pk, here, names, below)
        sections[cabinet.kind].append(branch)
    sections[CabinetKind.DEPARTMENT].sort(key=lambda branch: branch.label)
    mine = [each for each in sections[CabinetKind.PERSONAL] if _is_own(shown[each.id], account)]
    others = [each for each in sections[CabinetKind.PERSONAL] if each not in mine]
    return Tree(mine, [*sections[CabinetKind.DEPARTMENT], *others], sections[CabinetKind.UNIT], labels, names)


def _is_own(cabinet: Cabinet, account: "Account") -> bool:
    return cabinet.owner_id == account.pk


def _folders(
    account: "Account", here: Node | None
) -> tuple[dict[uuid.UUID, str], dict[uuid.UUID | None, list[uuid.UUID]]]:
    """The names of the folders around `here`, and which lie in which, from the top of the cabinet down."""
    if here is None:
        return {}, {}
    visible = here.line[reach_of(account, here) :]
    near = Q(pk__in=visible) | Q(parent_id__in=visible)
    rows = Node.objects.live().filter(near, kind=NodeKind.FOLDER).order_by("sort_key")
    names: dict[uuid.UUID, str] = {}
    below: dict[uuid.UUID | None, list[uuid.UUID]] = {}
    line = set(visible)
    for number, (key, parent, name) in enumerate(rows.values_list("pk", "parent_id", "name")):
        if key in line or number < MOST_FOLDERS:
            names[key] = name
            below.setdefault(parent, []).append(key)
    return names, below


def _grow(
    parent: uuid.UUID, here: Node, names: dict[uuid.UUID, str], below: dict[uuid.UUID | None, list[uuid.UUID]]
) -> list[Branch]:
    line = set(here.line)
    return [
        Branch(
            key,
            names[key],
            "folder-open" if key in line else "folder",
            current=key == here.pk,
            branches=_grow(key, here, names, below) if key in line else [],
        )
        for key in below.get(parent, [])
    ]
