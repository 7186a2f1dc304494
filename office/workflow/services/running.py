"""Starting, doing, signalling: what people and other functions do with a process."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from asp.accounts.models import Account
from asp.audit.actor import Actor
from asp.ui.text import localized
from office.organization import services as organization
from office.workflow import errors
from office.workflow.desk import Case, Desk
from office.workflow.desk.opening import variables_of_starter
from office.workflow.models import Follow, Instance, ItemKind, ItemState, Process, WorkItem

Chosen = Mapping[str, Sequence[uuid.UUID]]


@transaction.atomic
def start(
    *,
    actor: Actor,
    process: Process | str,
    starter: Account,
    values: Mapping[str, Any] | None = None,
    variables: Mapping[str, Any] | None = None,
    title: str = "",
    owner: str = "",
    owner_id: uuid.UUID | None = None,
    chosen: Chosen | None = None,
) -> Instance:
    """Begin a process (发起流程), given itself or by its code; return the instance, as far as it runs by itself.

    `values` is the form, checked by the caller (`asp.forms.bind`); `variables` stand beside it in what the process
    decides by. `owner` and `owner_id` name the function and the thing that it belongs to; the owner hears what happens
    (`hooks.listen`). `chosen`: step → accounts, for steps whose people are chosen now.

    Raises NotStartable, PeopleMissing, PeopleUnfit and the engine's faults.
    """
    desk = Desk(actor=actor)
    case = _begun(
        desk, process, starter, values or {}, title=title, owner=owner, owner_id=owner_id, chosen=chosen or {}
    )
    case.event("started")
    case.happened("started")
    case.start({**variables_of_starter(case), **(variables or {})})
    desk.flush()
    return case.instance


def _begun(
    desk: Desk,
    process: Process | str,
    starter: Account,
    values: Mapping[str, Any],
    *,
    title: str = "",
    owner: str = "",
    owner_id: uuid.UUID | None = None,
    chosen: Chosen,
) -> Case:
    key = {"code": process} if isinstance(process, str) else {"pk": process.pk}
    found = Process.objects.filter(
        **key
    ).first()  # read anew: it may have been published or stopped meanwhile
    if found is None or not found.startable or found.current_id is None:
        raise errors.NotStartable(params={"name": localized(found) if found else str(process)})
    place = organization.main_place_of(starter)
    instance = Instance(
        process=found,
        version_id=found.current_id,
        number=0,
        title=(title or f"{found.name} · {starter.name}")[:300],
        starter=starter,
        starter_name=starter.name,
        department_id=place[0].pk if place is not None else None,
        department_name=place[0].name if place is not None else "",
        owner=owner,
        owner_id=owner_id,
        values=dict(values),
    )
    case = desk.begin(instance)
    case.chosen = chosen
    return case


@transaction.atomic
def complete(
    *,
    actor: Actor,
    item: WorkItem,
    account: Account,
    outcome: str = "",
    opinion: str = "",
    values: Mapping[str, Any] | None = None,
    chosen: Chosen | None = None,
    revision: int | None = None,
) -> Instance:
    """Do one's part of a step (办理); return the instance as it is then.

    `values` is the whole form as it is after this (`Bound.values`), or None if nothing of it is changed; with
    `revision`, only if nobody has saved the form since it was shown. `outcome` is one of the step's; people who only
    countersign give none.

    Raises NotYours, AlreadyDone, NotRunning, UnknownOutcome, ValuesChanged, PeopleMissing, PeopleUnfit, and the
    engine's faults. Nothing is changed then.
    """
    desk = Desk(actor=actor)
    if item.kind == ItemKind.READ:
        return _read(desk, item, account)
    case = _case_of(desk, item)
    step, mine = case.item(item.pk, account)
    _save(case, values, revision)
    case.chosen = chosen or {}
    case.finish(step, mine, account, outcome, opinion.strip())
    desk.flush()
    return case.instance


@transaction.atomic
def values_save(
    *, actor: Actor, item: WorkItem, account: Account, values: Mapping[str, Any], revision: int | None = None
) -> Instance:
    """Keep the form as it is so far (暂存). Raises NotYours, AlreadyDone, NotRunning, ValuesChanged."""
    desk = Desk(actor=actor)
    case = _case_of(desk, item)
    step, _mine = case.item(item.pk, account)
    if dict(values) != case.instance.values:
        _save(case, values, revision)
        case.event("saved", step=step)
    desk.flush()
    return case.instance


@transaction.atomic
def signal(
    *, actor: Actor, instance: Instance, message: str, variables: Mapping[str, Any] | None = None
) -> Instance:
    """Let a message arrive that the process waits for. Raises NotRunning, NotWaiting and the engine's faults."""
    desk = Desk(actor=actor)
    case = desk.case(instance.pk)
    case.check_running()
    case.interactive = False
    case.state.send(message, variables or {})
    case.event("message", params={"message": message})
    case.sync()
    desk.flush()
    return case.instance


def item_read(*, item: WorkItem, account: Account) -> None:
    """Note that somebody has seen what waits for them: it can no longer be withdrawn."""
    if item.account_id == account.pk and item.read_at is None and item.state == ItemState.OPEN:
        item.read_at = timezone.now()
        WorkItem.objects.filter(pk=item.pk, read_at=None, state=ItemState.OPEN).update(read_at=item.read_at)


@transaction.atomic
def follow(*, account: Account, instance: Instance) -> None:
    """Be told of what happens to an instance (关注)."""
    Follow.objects.get_or_create(account=account, instance=instance)


def unfollow(*, account: Account, instance: Instance) -> None:
    """No longer be told."""
    Follow.objects.filter(account=account, instance=instance).delete()


@dataclass(frozen=True, slots=True)
class Next:
    """What would come next. `ends`: the process is over; `to_choose`: people have to be chosen now."""

    node: str = ""
    name: str = ""
    name_en: str = ""
    people: tuple[Account, ...] = ()
    to_choose: bool = False
    rule: str = "one"
    ends: bool = False


@transaction.atomic
def preview_start(*, process: Process, starter: Account, values: Mapping[str, Any]) -> list[Next]:
    """What would come first if `starter` began now. Changes nothing. Raises NotStartable and the engine's faults."""
    desk = Desk(actor=Actor.of_account(starter))
    case = _begun(desk, process, starter, values, chosen={})
    return _previewed(case, lambda: case.start(variables_of_starter(case)))


@transaction.atomic
def preview(
    *, item: WorkItem, account: Account, outcome: str = "", values: Mapping[str, Any] | None = None
) -> list[Next]:
    """What would come next if `account` did their part so; empty if the step would still wait for others.

    Changes nothing. Raises what `complete` raises.
    """
    desk = Desk(actor=Actor.of_account(account))
    case = _case_of(desk, item)
    step, mine = case.item(item.pk, account)
    if values is not None:
        case.instance.values = dict(values)
    return _previewed(case, lambda: case.finish(step, mine, account, outcome, ""))


def _previewed(case: Case, act: Callable[[], None]) -> list[Next]:
    """Do it, look at what it brought, and throw it away: nothing is flushed."""
    case.interactive = False
    known = set(case.steps)
    act()
    found: list[Next] = []
    for step in case.open_steps():
        if step.pk in known or step.kind != "user":
            continue
        node = case.version.node(step.node, step.process)
        kinds = {each.kind for each in node.step.performers} if node is not None and node.step else set()
        people = tuple(each.for_account or each.account for each in case.items[step.pk])
        found.append(Next(step.node, step.name, step.name_en, people, "chosen" in kinds, step.rule))
    return found or ([Next(ends=True)] if case.instance.ended_at is not None else [])


def _case_of(desk: Desk, item: WorkItem) -> Case:
    if item.instance_id is None:
        raise errors.AlreadyDone
    return desk.case(item.instance_id)


def _save(case: Case, values: Mapping[str, Any] | None, revision: int | None) -> None:
    if values is None or dict(values) == case.instance.values:
        return
    if revision is not None and revision != case.instance.revision:
        raise errors.ValuesChanged
    case.instance.values = dict(values)
    case.touched = True


def _read(desk: Desk, item: WorkItem, account: Account) -> Instance:
    """Something to read was read (已阅)."""
    found = WorkItem.objects.select_for_update(of=("self",)).select_related("instance").get(pk=item.pk)
    if found.account_id != account.pk:
        raise errors.NotYours
    if not found.is_open or found.instance is None:
        raise errors.AlreadyDone
    found.state, found.done_at, found.done_by = ItemState.DONE, desk.now, account
    found.save(update_fields=["state", "done_at", "done_by"])
    desk.telling.changed(account.pk)
    desk.flush()
    return found.instance
