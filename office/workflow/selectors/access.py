"""Who may see what: the one way from an account to an instance, an item, a file, a process to start.

An instance is seen by its starter, by everybody who has or had a part in it (also where somebody stood in for
them), and by holders of `workflow.instance.oversee`. Following alone opens nothing. Absent and forbidden give the
same Http404; the three administrators have no part in anything.
"""

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from asp.accounts.models import Account, AccountKind, AccountState
from asp.accounts.subjects import subjects_of
from office.workflow.errors import PeopleUnfit
from office.workflow.models import FormFile, Instance, ItemState, Process, Step, WorkItem, large_of
from office.workflow.permissions import OVERSEE, USE

if TYPE_CHECKING:
    from collections.abc import Sequence


def works_here(account: Account) -> bool:
    """Whether processes exist for this account at all."""
    known = account.is_authenticated and account.kind == AccountKind.STAFF
    return bool(known and (account.has_code(USE) or account.has_code(OVERSEE)))


def oversees(account: Account) -> bool:
    """Whether the account sees every instance and may intervene."""
    return works_here(account) and account.has_code(OVERSEE)


def visible(account: Account) -> Q:
    """The condition that picks the instances which `account` may see."""
    if not works_here(account):
        return Q(pk__in=[])
    if account.has_code(OVERSEE):
        return Q()
    part = WorkItem.objects.filter(Q(account=account) | Q(for_account=account), instance=OuterRef("pk"))
    return Q(starter=account) | Q(Exists(part))


def instance_get_for(*, account: Account, instance_id: uuid.UUID) -> Instance:
    """Return an instance that `account` may see, with process, version and starter; else Http404."""
    found = (
        Instance.objects.select_related("process", "version", "starter")
        .defer(*large_of(process="process", version="version"))
        .filter(visible(account), pk=instance_id)
        .first()
    )
    if found is None:
        raise Http404
    return found


def item_get_for(*, account: Account, item_id: uuid.UUID) -> WorkItem:
    """Return a part that is `account`'s own, open or not, with step and instance; else Http404."""
    found = (
        items_of(account)
        .select_related("step", "instance__process", "for_account")
        .defer(*large_of(process="instance__process"))
        .filter(pk=item_id)
        .first()
    )
    if found is None:
        raise Http404
    return found


def items_of(account: Account) -> "QuerySet[WorkItem]":
    """Everything that is or was `account`'s to do; nothing for those for whom there are no processes."""
    return WorkItem.objects.filter(account=account) if works_here(account) else WorkItem.objects.none()


def open_items_in(instance: Instance) -> list[WorkItem]:
    """What waits for somebody in an instance, for those who oversee it."""
    rows = WorkItem.objects.filter(
        instance=instance, state__in=(ItemState.OPEN, ItemState.WAITING), step__isnull=False
    )
    return list(rows.select_related("step", "account", "for_account").order_by("id"))


def stranded_steps_in(instance: Instance) -> list[Step]:
    """Open steps that nobody was found for."""
    return list(Step.objects.filter(instance=instance, state="open", stranded=True).order_by("id"))


def failed_steps_in(instance: Instance) -> list[Step]:
    """Steps that their service could not do."""
    return list(Step.objects.filter(instance=instance, state="failed").order_by("id"))


def startable() -> "QuerySet[Process]":
    """Processes that people can start, whoever they are."""
    return Process.objects.filter(current__isnull=False, stopped_at=None, function="")


def may_start(account: Account, process: Process) -> bool:
    """Whether `account` is among those who may start `process`."""
    if not works_here(account) or not account.has_code(USE):
        return False
    return not process.audience or bool(set(process.audience) & {each.key for each in subjects_of(account)})


def process_get_for(*, account: Account, process_id: uuid.UUID) -> Process:
    """Return a process that `account` may start now, with its current version; else Http404."""
    found = startable().select_related("current").filter(pk=process_id).first()
    if found is None or not may_start(account, found):
        raise Http404
    return found


def file_get_for(*, account: Account, file_id: uuid.UUID) -> FormFile:
    """Return a file that `account` uploaded and has not used yet, or that lies in an instance they may see."""
    found = FormFile.objects.select_related("instance").filter(pk=file_id).first()
    if found is None or not works_here(account):
        raise Http404
    if found.instance is None:
        if found.account_id != account.pk:
            raise Http404
        return found
    instance_get_for(account=account, instance_id=found.instance.pk)
    return found


def colleagues_get(ids: "Iterable[str] | Sequence[uuid.UUID]") -> list[Account]:
    """People who work here, by what a picker sent, in its order. Raises PeopleUnfit if one of them does not."""
    try:
        keys = list(dict.fromkeys(uuid.UUID(str(each)) for each in ids))
    except ValueError:
        raise PeopleUnfit from None
    rows = Account.objects.staff().filter(pk__in=keys, state=AccountState.ACTIVE)
    found = {each.pk: each for each in rows}
    if len(found) != len(keys):
        raise PeopleUnfit
    return [found[each] for each in keys]
