"""Keep the search index (统一检索) in step: names, and the subjects that may see them.

Small changes are made at once. For a large subtree the entries are taken out in the transaction and a
job puts them back: for some seconds nobody finds them, and never does the wrong person.
"""

import uuid
from collections.abc import Iterable, Sequence

from django.db import transaction

from asp.audit.actor import Actor
from asp.search.services import Indexed, entries_put, entries_remove
from office.library.models import Cabinet, Node, NodeKind
from office.library.selectors.access import audiences_of

FOLDER = "library.folder"
FILE = "library.file"
AT_ONCE = 500
BATCH = 500


def put(nodes: Sequence[Node]) -> None:
    """Write the entries of live `nodes`; a cabinet's top folder has none."""
    nodes = [node for node in nodes if not node.is_top and not node.is_trashed]
    audiences = audiences_of(nodes)
    parents = dict(Node.objects.filter(pk__in={node.parent_id for node in nodes}).values_list("pk", "name"))
    entries_put(
        [
            Indexed(
                kind=FOLDER if node.is_folder else FILE,
                id=node.pk,
                title=node.name,
                subtitle=parents.get(node.parent_id or node.cabinet_id, ""),
                url_path=f"/library/{node.pk}/",
                subjects=audiences[node.pk],
            )
            for node in nodes
        ]
    )


@transaction.atomic
def put_portion(keys: Sequence[uuid.UUID]) -> None:
    """Write the entries of some nodes in a transaction of its own; who changes rights meanwhile waits for it."""
    rows = Node.objects.live().filter(pk__in=keys)
    cabinets = set(rows.values_list("cabinet_id", flat=True))
    locked = [row.pk for row in Cabinet.objects.select_for_update().filter(pk__in=cabinets).order_by("pk")]
    put(list(rows.filter(cabinet_id__in=locked)))


def remove(keys: Iterable[tuple[uuid.UUID, str]]) -> None:
    """Take the entries of (key, kind of node) out."""
    keys = list(keys)
    for kind, code in ((NodeKind.FOLDER, FOLDER), (NodeKind.FILE, FILE)):
        ids = [key for key, each in keys if each == kind]
        if ids:
            entries_remove(kind=code, ids=ids)


def put_tree(*, actor: Actor, node: Node) -> None:
    """Write the entries of `node` and everything in it: now, or by a job if that is much."""
    rows = Node.objects.live().with_below(node)
    if rows[: AT_ONCE + 1].count() <= AT_ONCE:
        put(list(rows))
        return
    from asp.jobs import job_start
    from office.library.tasks import reindex

    remove(rows.values_list("pk", "kind"))
    # No key: a job that runs already may have passed what has changed since.
    job_start(actor=actor, job=reindex, params={"node_id": node.pk}, about=node.pk)
