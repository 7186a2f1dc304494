"""To-do items of other functions (待办): the same list, other pages.

todo_add(source="documents", about=document.pk, account=…, title="…", url="/documents/…/", due_at=…)
todo_done(source="documents", about=document.pk, account=…)      # or for everybody
"""

import datetime
import uuid

from django.db import transaction
from django.utils import timezone

from asp.accounts.models import Account
from asp.live import audiences
from asp.live.services import publish
from office.workflow.bulk import rows_update
from office.workflow.live import TODO_LIST
from office.workflow.models import ItemKind, ItemState, WorkItem
from tenants.registry import by_code


@transaction.atomic
def todo_add(
    *,
    source: str,
    about: uuid.UUID,
    account: Account,
    title: str,
    url: str,
    step_name: str = "",
    step_name_en: str = "",
    from_name: str = "",
    kind: ItemKind = ItemKind.DO,
    due_at: datetime.datetime | None = None,
    yellow_at: datetime.datetime | None = None,
) -> WorkItem:
    """Put something on somebody's to-do list; one that waits there for the same thing already is returned instead.

    `source` is the code of the function, `url` a path of this site. Raises ValueError for other ones.
    """
    if by_code(source) is None or not url.startswith("/") or url.startswith("//"):
        raise ValueError(f"not a function or not a path of this site: {source!r}, {url!r}")
    waiting = WorkItem.objects.filter(
        source=source, about=about, account=account, kind=kind, step=None, state=ItemState.OPEN
    )
    found = waiting.first()
    if found is not None:
        return found
    made = WorkItem.objects.create(
        source=source,
        about=about,
        account=account,
        kind=kind,
        title=title[:300],
        url=url,
        step_name=step_name,
        step_name_en=step_name_en,
        from_name=from_name,
        due_at=due_at,
        yellow_at=yellow_at,
        arrived_at=timezone.now(),
    )
    publish(kind=TODO_LIST, to=[audiences.account(account.pk)])
    return made


@transaction.atomic
def todo_done(
    *, source: str, about: uuid.UUID, account: Account | None = None, by: Account | None = None
) -> int:
    """Take it off the list of `account`, or of everybody; return from how many. `by` did it."""
    waiting = WorkItem.objects.select_for_update().filter(
        source=source, about=about, step=None, instance=None, state=ItemState.OPEN
    )
    if account is not None:
        waiting = waiting.filter(account=account)
    rows = list(waiting)
    now = timezone.now()
    for row in rows:
        done = by is None or row.account_id == by.pk
        row.state, row.done_at, row.done_by = (ItemState.DONE if done else ItemState.DROPPED), now, by
    rows_update(rows, ["state", "done_at", "done_by"])
    publish(kind=TODO_LIST, to=[audiences.account(row.account_id) for row in rows])
    return len(rows)
