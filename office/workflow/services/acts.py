"""What is done to an instance as a whole: urged (催办), suspended (挂起), resumed, cancelled (作废), rejected (否决)."""

import datetime
import uuid

from django.db import transaction

from asp.accounts.models import Account
from asp.audit.actor import Actor
from office.workflow import errors
from office.workflow.desk import Case, Desk
from office.workflow.desk.versions import START
from office.workflow.models import Instance, InstanceState, WorkItem
from office.workflow.services.hands import mine, reason_given

URGED_AGAIN_AFTER = datetime.timedelta(hours=2)


@transaction.atomic
def urge(*, actor: Actor, instance: Instance, account: Account, words: str = "") -> int:
    """Ask those who have it to hurry (催办); return how many. Raises NotRunning, UrgedAlready."""
    desk = Desk(actor=actor)
    case = desk.case(instance.pk)
    case.check_running()
    before = case.instance.events.filter(kind="urged", actor_id=account.pk).order_by("-id").first()
    if before is not None and desk.now - before.occurred_at < URGED_AGAIN_AFTER:
        raise errors.UrgedAlready
    people: dict[uuid.UUID, str] = {}
    for step in case.open_steps():
        for item in case.live_items(step):
            if item.is_open:
                item.urgent = True
                desk.change(item)
                desk.telling.changed(item.account_id)
                people[item.account_id] = item.account.name
    case.event("urged", opinion=words.strip(), params={"to": [*people.values()][:20]})
    desk.telling.tell("urged", case.instance, people, person=account.name, words=words.strip()[:200])
    desk.flush()
    return len(people)


@transaction.atomic
def suspend(*, actor: Actor, instance: Instance, reason: str) -> Instance:
    """Stop it for a while (挂起): its clocks stand still, and nobody can do anything with it.

    Raises OpinionMissing, NotRunning.
    """
    words = reason_given(reason)
    desk = Desk(actor=actor)
    case = desk.case(instance.pk)
    case.check_running()
    case.instance.state = InstanceState.SUSPENDED
    case.instance.pauses = [*case.instance.pauses, [desk.now.isoformat(), None]]
    _counted_anew(case)
    case.event("suspended", opinion=words)
    case.news.append("suspended")
    desk.flush()
    return case.instance


@transaction.atomic
def resume(*, actor: Actor, instance: Instance) -> Instance:
    """Let it go on (恢复); deadlines move by the working time that it stood still. Raises NotSuspended."""
    desk = Desk(actor=actor)
    case = desk.case(instance.pk)
    if case.instance.state != InstanceState.SUSPENDED:
        raise errors.NotSuspended(params={"title": case.instance.title})
    case.instance.state = InstanceState.RUNNING
    *before, (begins, _none) = case.instance.pauses
    case.instance.pauses = [*before, [begins, desk.now.isoformat()]]
    _counted_anew(case)
    # Its timers are looked at again; while the starter amends the form, none runs.
    case.moved = not any(each.node == START for each in case.open_steps())
    case.event("resumed")
    case.news.append("resumed")
    desk.flush()
    return case.instance


@transaction.atomic
def cancel(*, actor: Actor, instance: Instance, reason: str) -> Instance:
    """End it where it stands (作废). Raises OpinionMissing, NotRunning if it has ended."""
    words = reason_given(reason)
    desk = Desk(actor=actor)
    case = desk.case(instance.pk)
    if not case.instance.is_open:
        raise errors.NotRunning(params={"title": case.instance.title})
    people = {item.account_id for step in case.open_steps() for item in case.live_items(step)}
    case.end(InstanceState.CANCELLED, words)
    desk.telling.tell("cancelled", case.instance, people)
    desk.flush()
    return case.instance


@transaction.atomic
def reject(*, actor: Actor, item: WorkItem, account: Account, opinion: str) -> Instance:
    """End it at one's step (否决), where the step allows that: it has come to nothing, and its starter learns why.

    Raises OpinionMissing, NotYours, AlreadyDone, NotRunning, ActionDenied.
    """
    words = reason_given(opinion)
    desk = Desk(actor=actor)
    case, step, own = mine(desk, item, account, "reject")
    others = {one.account_id for each in case.open_steps() for one in case.live_items(each)} - {account.pk}
    case.reject(step, own, account, words)
    desk.telling.tell(
        "rejected",
        case.instance,
        others | {case.instance.starter_id},
        step=step.name,
        step_en=step.name_en,
        opinion=words[:200],
    )
    desk.flush()
    return case.instance


def _counted_anew(case: Case) -> None:
    case.touched = True
    case.recount()
    for step in case.open_steps():
        for item in case.live_items(step):
            case.desk.telling.changed(item.account_id)
