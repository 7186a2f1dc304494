"""What one person may see and fill in of the form of one instance."""

from collections.abc import Iterable

from django.http import QueryDict

from asp.accounts.models import Account
from asp.forms import EDIT, HIDDEN, READ, REQUIRED, Bound, bind
from office.workflow.desk.versions import START, Version, version_of
from office.workflow.models import Instance, ItemKind, Process, WorkItem
from office.workflow.selectors.access import oversees
from office.workflow.selectors.files import desk_for_instance, desk_for_start


def bound_for_start(
    account: Account, process: Process, *, posted: QueryDict | None = None, partial: bool = False
) -> Bound:
    """The form that begins a process."""
    assert process.current_id is not None
    version = version_of(process.current_id)
    return bind(
        version.form,
        version.form.initial(me=account.pk),
        version.access_at_start,
        posted=posted,
        files=desk_for_start(account, process),
        partial=partial,
    )


def bound_for(
    account: Account,
    instance: Instance,
    item: WorkItem | None,
    parts: Iterable[WorkItem],
    *,
    posted: QueryDict | None = None,
    partial: bool = False,
) -> Bound:
    """The form of an instance: as `item`'s step lets its person fill it in, else as they may read it."""
    version = version_of(instance.version_id)
    return bind(
        version.form,
        instance.values,
        access_for(account, instance, item, parts),
        default=READ,
        posted=posted,
        files=desk_for_instance(account, instance),
        partial=partial,
    )


def access_for(
    account: Account, instance: Instance, item: WorkItem | None, parts: Iterable[WorkItem]
) -> dict[str, str]:
    """What `account` may do with each field: what is not named may be read.

    Whoever has the step in hand has that step's rights. Others read; a field that a step hides stays hidden from
    those who only ever had such steps. The starter, and those who got it to read, see what no step hides.
    """
    version = version_of(instance.version_id)
    if item is not None and item.step is not None and item.is_open:
        access = version.access(item.step.node, item.step.process)
        return access if item.kind == ItemKind.DO else _readable(access)
    if oversees(account):
        return {}
    mine = [each for each in parts if account.pk in (each.account_id, each.for_account_id)]
    places = {(each.step.node, each.step.process) for each in mine if each.step is not None}
    places.discard((START, ""))
    if not places:
        return dict.fromkeys(hidden_somewhere(version), HIDDEN)
    hidden: set[str] | None = None
    for node, process in places:
        access = version.access(node, process)
        here = {name for name, what in access.items() if what == HIDDEN}
        hidden = here if hidden is None else hidden & here
    if instance.starter_id == account.pk:
        hidden = (hidden or set()) & hidden_somewhere(version)
    return dict.fromkeys(hidden or (), HIDDEN)


def hidden_somewhere(version: Version) -> set[str]:
    """Fields that some step hides: the drawing says by this that they are not for everybody."""
    known = version.form.by_name
    steps = [node.step for node in version.definition.steps if node.step is not None]
    return {
        each.name for step in steps for each in step.fields if each.access == HIDDEN and each.name in known
    }


def needs_form(version: Version, item: WorkItem) -> bool:
    """Whether this step has a field that must be filled in, so that it cannot be handled without looking."""
    if item.step is None:
        return False
    access = version.access(item.step.node, item.step.process)
    for each in version.form.fields:
        given = access.get(each.name, READ)
        if given == REQUIRED or (given == EDIT and getattr(each, "required", False)):
            return True
    return item.step.node == START


def _readable(access: dict[str, str]) -> dict[str, str]:
    """Whoever was asked to sign reads what the step shows."""
    return {name: HIDDEN if what == HIDDEN else READ for name, what in access.items()}
