"""Everything that the pane beside the list says of one folder or file."""

import uuid
from dataclasses import dataclass, field

from django.utils.translation import gettext

from asp.accounts.models import Account
from asp.accounts.subjects import Subject, SubjectChoice, subject_labels
from asp.blobs.models import Blob, BlobState
from office.library.models import Access, Level, Node, Version
from office.library.selectors.access import is_own_row
from office.library.selectors.labels import cabinet_labels, places_of


@dataclass(frozen=True)
class Share:
    """A grant as people read it; `above` names the folder that it comes from, if it is not on the thing itself."""

    id: uuid.UUID
    label: str
    detail: str
    icon: str
    level: int
    level_label: str
    above: str = ""
    fixed: bool = False


@dataclass(frozen=True)
class PastVersion:
    """A version as people read it."""

    number: int
    size: int
    uploaded_at: object
    uploaded_by: str
    restored_from: int | None
    current: bool
    ready: bool


@dataclass(frozen=True)
class Details:
    """One thing with its facts, versions and accesses."""

    node: Node
    label: str
    place: str
    level: int
    creator: str
    modifier: str
    state: str
    versions: list[PastVersion] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)

    @property
    def can_edit(self) -> bool:
        """Whether the reader may rename, move and trash it, and add versions."""
        return self.level >= Level.EDIT

    @property
    def can_change(self) -> bool:
        """The same, for what is not a cabinet itself."""
        return self.can_edit and not self.node.is_top

    @property
    def can_share(self) -> bool:
        """Whether the reader may let others in."""
        return self.level >= Level.MANAGE

    @property
    def is_ready(self) -> bool:
        """Whether the content can be downloaded."""
        return self.state == BlobState.READY

    @property
    def is_broken(self) -> bool:
        """Whether the check found the content damaged."""
        return self.state == BlobState.BROKEN


def details_for(account: Account, node: Node) -> Details:
    """Return what `account` may know of a node that it got from `node_get_for`. About eight queries."""
    versions = list(Version.objects.filter(file=node)) if not node.is_folder else []
    states = dict(Blob.objects.filter(pk__in={each.blob_id for each in versions}).values_list("pk", "state"))
    people = {node.created_by, node.modified_by, *(each.uploaded_by for each in versions)} - {None}
    names = dict(Account.objects.filter(pk__in=people).values_list("pk", "name"))
    return Details(
        node=node,
        label=cabinet_labels(account, [node.cabinet])[node.cabinet_id] if node.is_top else node.name,
        place="" if node.is_top else places_of(account, [node])[node.pk],
        level=node.level,  # type: ignore[attr-defined]
        creator=names.get(node.created_by, ""),
        modifier=names.get(node.modified_by, ""),
        state=states.get(node.blob_id, "") if node.blob_id else "",
        versions=[
            PastVersion(
                number=each.number,
                size=each.size,
                uploaded_at=each.uploaded_at,
                uploaded_by=names.get(each.uploaded_by, ""),
                restored_from=each.restored_from,
                current=each.number == node.number,
                ready=states.get(each.blob_id) == BlobState.READY,
            )
            for each in versions
        ],
        shares=_shares(node),
    )


def _shares(node: Node) -> list[Share]:
    """Who may see the node: its own grants first, then those from further up."""
    rows = list(Access.objects.filter(node_id__in=node.line).select_related("node"))
    labels = subject_labels(Subject(row.subject_kind, row.subject_id) for row in rows)
    order = {key: place for place, key in enumerate(reversed(node.line))}
    rows.sort(key=lambda row: (order[row.node_id], row.pk))
    return [share for row in rows if (share := _share(node, row, labels))]


def _share(node: Node, row: Access, labels: dict[Subject, SubjectChoice]) -> Share | None:
    choice = labels.get(Subject(row.subject_kind, row.subject_id))
    if choice is None:
        return None
    return Share(
        id=row.pk,
        label=choice.label,
        detail=choice.detail,
        icon=choice.icon,
        level=row.level,
        level_label=str(Level(row.level).label),
        above="" if row.node_id == node.pk else _above(node, row.node),
        fixed=is_own_row(node.cabinet, row),
    )


def _above(node: Node, folder: Node) -> str:
    """The name of a folder above, unless the reader came in further down."""
    if node.line.index(folder.pk) < node.hidden:  # type: ignore[attr-defined]
        return gettext("a folder further up")
    return gettext("the cabinet") if folder.is_top else folder.name
