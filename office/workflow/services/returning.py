"""Back to where it was: returning a step (退回) and withdrawing what was sent on (撤回)."""

from dataclasses import dataclass

from django.db import transaction

from asp.accounts.models import Account
from asp.audit.actor import Actor
from office.workflow import errors
from office.workflow.desk import Case, Desk, opening
from office.workflow.desk.versions import START
from office.workflow.models import Instance, ItemKind, ItemState, Step, StepState, WorkItem
from office.workflow.services.hands import mine


@dataclass(frozen=True, slots=True)
class Place:
    """A step that it can go back to; `people` did it before."""

    node: str
    name: str
    name_en: str
    people: tuple[Account, ...] = ()


@transaction.atomic
def returnable(*, item: WorkItem) -> list[Place]:
    """Where a step can go back to (可退回环节), the latest first; the starter's form is always the last one."""
    if item.instance_id is None or item.step is None or item.step.node == START or not item.is_open:
        return []
    desk = Desk(actor=Actor.system("worker"))
    case = desk.case(item.instance_id)
    if not case.instance.is_running:
        return []
    names = {each.id: each for each in case.version.definition.steps}
    found = [
        Place(
            node, names[node].name or node, names[node].name_en, tuple(desk.people.active(case.former(node)))
        )
        for node in case.state.returnable(item.step.task_id)
        if node in names
    ]
    starter = tuple(desk.people.active([case.instance.starter_id]))
    return [*found, Place(START, case.instance.starter_name, "", starter)]


@transaction.atomic
def send_back(*, actor: Actor, item: WorkItem, account: Account, node: str, opinion: str) -> Instance:
    """Give it back (退回) to an earlier step, or to the starter; whoever did that step gets it again.

    Raises OpinionMissing, NotYours, AlreadyDone, NotRunning, ActionDenied, NotReturnable.
    """
    words = opinion.strip()
    if not words:
        raise errors.OpinionMissing
    desk = Desk(actor=actor)
    case, step, own = mine(desk, item, account, "return")
    if step.node == START:
        raise errors.ActionDenied
    case.close_item(own, ItemState.DONE, by=account, opinion=words)
    case.event(
        "returned", step=step, item=own, opinion=words, params={"to": _named(case, node), "node": node}
    )
    _go_back(case, step, node)
    case.news.append("returned")
    desk.telling.tell(
        "returned",
        case.instance,
        [case.instance.starter_id],
        step=step.name,
        step_en=step.name_en,
        opinion=words[:200],
    )
    desk.flush()
    return case.instance


def _go_back(case: Case, step: Step, node: str) -> None:
    """Undo in the engine what came after `node`, and let those who did it have it again."""
    case.interactive = False
    if node == START:
        for each in case.open_steps():
            case.close_step(each, StepState.RETURNED)
        opening.open_start(case)
        return
    former = case.desk.people.active(case.former(node))
    case.wanted = {node: former} if former else {}
    case.state.reset_to(node, step.task_id)
    _taken_back(case)
    case.sync()


def _taken_back(case: Case) -> None:
    """What stood beside it was undone as well: those rows are taken back, not dropped."""
    waiting = {each.task_id for each in case.state.waiting().steps}
    for each in case.open_steps():
        if each.task_id not in waiting:
            case.close_step(each, StepState.RETURNED)


def withdrawable(*, instance: Instance, account: Account) -> bool:
    """Whether what somebody did last can still be taken back: nobody who got it has read it."""
    return instance.is_running and _withdrawn(instance, account) is not None


def _withdrawn(instance: Instance, account: Account) -> Step | bool | None:
    """The step that would be taken back; True for the start itself; None if it is too late."""
    opened = list(Step.objects.filter(instance=instance, state=StepState.OPEN))
    items = WorkItem.objects.filter(step__in=opened)
    acted = items.exclude(state__in=(ItemState.OPEN, ItemState.WAITING))
    if not opened or opened[0].node == START or items.exclude(read_at=None).exists() or acted.exists():
        return None
    ended = Step.objects.filter(instance=instance, state__in=(StepState.DONE, StepState.RETURNED))
    last = ended.order_by("-ended_at", "-id").first()
    if last is None or last.node == START:
        return True if instance.starter_id == account.pk else None
    done = WorkItem.objects.filter(step=last, state=ItemState.DONE, kind=ItemKind.DO)
    by = list(done.values_list("done_by_id", flat=True)[:2])
    # What began before it ended does not hang on it: a parallel branch is nobody's to take back.
    follows = last.ended_at is not None and all(each.began_at >= last.ended_at for each in opened)
    return (
        last
        if last.state == StepState.DONE and last.kind == "user" and by == [account.pk] and follows
        else None
    )


@transaction.atomic
def withdraw(*, actor: Actor, instance: Instance, account: Account) -> Instance:
    """Take back (撤回) what one has sent on, while nobody has read it; a starter gets the form again.

    Raises NotWithdrawable, NotRunning.
    """
    desk = Desk(actor=actor)
    case = desk.case(instance.pk)
    case.check_running()
    step = _withdrawn(case.instance, account)
    if step is None:
        raise errors.NotWithdrawable
    case.interactive = False
    if isinstance(step, Step):
        case.event("withdrawn", step=step)
        case.wanted = {step.node: desk.people.active([account.pk])}
        case.state.reset_to(step.node)
        _taken_back(case)
        case.sync()
    else:
        for each in case.open_steps():
            case.close_step(each, StepState.RETURNED)
        case.event("withdrawn")
        opening.open_start(case)
    desk.flush()
    return case.instance


def _named(case: Case, node: str) -> str:
    found = case.version.definition.nodes.get(node)
    return case.instance.starter_name if node == START or found is None else found.name or node
