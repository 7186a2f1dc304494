"""Background work of the file centre; each job can run again from the start."""

import uuid
from typing import Any

from django.utils.translation import gettext_lazy as _

from asp.audit.actor import Actor
from asp.jobs import job
from asp.jobs.run import JobRun
from office.library.models import Node
from office.library.services import _index, trash


@job("library.reindex", title=_("Update the search of a folder"))
def reindex(run: JobRun, *, node_id: str) -> dict[str, Any] | None:
    """Write the search entries of everything in a folder, in portions of their own transactions."""
    node = Node.objects.filter(pk=uuid.UUID(node_id)).first()
    if node is None:
        return None
    keys = list(Node.objects.live().with_below(node).order_by("id").values_list("pk", flat=True))
    for start in range(0, len(keys), _index.BATCH):
        _index.put_portion(keys[start : start + _index.BATCH])
        run.progress(min(start + _index.BATCH, len(keys)), len(keys))
    return {"entries": len(keys)}


@job("library.erase", title=_("Delete “{name}” for ever"))
def erase(run: JobRun, *, top_id: str) -> dict[str, Any] | None:
    """Release the content of something that was deleted for ever."""
    actor = Actor(kind=run.actor_kind, id=run.actor_id, name=run.actor_name, request_id=run.request_id)
    run.check()
    return {"files": trash.tree_erase(actor=actor, top_id=uuid.UUID(top_id))}
