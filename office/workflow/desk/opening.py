"""Steps that are come to: their rows, who gets them, until when."""

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import override as language

from asp.accounts.models import Account
from office.workflow import deadlines, errors
from office.workflow.bpmn.elements import SERVICES, Node
from office.workflow.bpmn.spec import WaitingStep
from office.workflow.desk.people import by_rank, starter_variables
from office.workflow.desk.versions import START
from office.workflow.models import ItemKind, ItemState, Process, Step, WorkItem
from tenants.keys import uuid7

if TYPE_CHECKING:
    from office.workflow.desk.case import Case

AMEND = gettext_noop("Amend and send again")


def variables_of_starter(case: "Case") -> dict[str, Any]:
    """What conditions ask about the starter."""
    return starter_variables(case.version.names, case.instance.starter)


def number(case: "Case") -> None:
    """Give a new instance its number, last of all: until the end of the transaction nobody else gets one."""
    process = Process.objects.filter(pk=case.instance.process_id)
    process.update(last_number=F("last_number") + 1)
    case.instance.number = process.values_list("last_number", flat=True).get()


def open_step(case: "Case", waiting: WaitingStep, node: Node) -> None:
    """A row for a step that the engine waits at, and an item for everybody who may do it."""
    key = (waiting.process, waiting.node)
    case.rounds[key] = case.rounds.get(key, 0) + 1
    step = Step(
        instance=case.instance,
        task_id=waiting.task_id,
        node=waiting.node,
        process=waiting.process,
        name=(node.name or node.id)[:300],
        name_en=node.name_en[:300],
        item=waiting.item,
        round=case.rounds[key],
        began_at=case.desk.now,
    )
    if node.kind in SERVICES:
        step.kind = "service"
        case.hold(step, [])
        case.desk.add(step)
        case.desk.call(step)
        return
    assert node.step is not None
    sign = node.step.sign
    step.rule, step.share, step.order = sign.rule, sign.share, sign.order
    if node.step.deadline is not None:
        step.amount, step.unit = node.step.deadline.amount, node.step.deadline.unit
        deadlines.put(step, case.desk.calendar, case.instance.pauses, escalation=node.step.escalation)
    _give(case, step, _performers(case, node, waiting))


def open_start(case: "Case") -> None:
    """It came back to who started it: their form, once more."""
    case.instance.next_due = None  # while the form is amended, no timer runs
    with language("zh-hans"):
        name = gettext(AMEND)
    key = ("", START)
    case.rounds[key] = case.rounds.get(key, 0) + 1
    step = Step(
        instance=case.instance,
        task_id=uuid7(),
        node=START,
        name=name,
        name_en=AMEND,
        round=case.rounds[key],
        began_at=case.desk.now,
    )
    _give(case, step, case.desk.people.active([case.instance.starter_id]))


def _performers(case: "Case", node: Node, waiting: WaitingStep) -> list[Account]:
    if node.id in case.wanted:
        return case.wanted[node.id]
    assert node.step is not None
    chosen = case.chosen.get(node.id, ())
    found = case.desk.people.performers(case, node, waiting.item, chosen)
    if len(case.desk.people.active(chosen)) < len(set(chosen)):
        raise errors.PeopleUnfit
    if not found and case.interactive and any(each.kind == "chosen" for each in node.step.performers):
        raise errors.PeopleMissing(params={"step": node.name or node.id})
    return found


def _give(case: "Case", step: Step, people: Sequence[Account]) -> None:
    items = items_for(case, step, people)
    case.hold(step, items)
    step.stranded = not items
    case.desk.add(step)
    for item in items:
        case.desk.add(item)
        if item.state == ItemState.OPEN:
            tell_arrival(case, item)
    if items:
        case.event("arrived", step=step, params={"to": [each.account.name for each in items][:20]})
    else:
        case.event("stranded", step=step)
        case.desk.telling.stranded(case.instance, step)


def items_for(
    case: "Case", step: Step, people: Sequence[Account], *, kind: ItemKind = ItemKind.DO, why: str = "", added_by: Account | None = None,
    order: str = "", begin: int = 0,
) -> list[WorkItem]:  # fmt: skip
    """Everybody's part of a step; whoever is absent is stood in for, where they are, with both names kept."""
    order = order or step.order
    if order == "sequence" and kind == ItemKind.DO:
        people = by_rank(people)
    deputies = case.desk.stand_ins(people, case.instance.process_id)
    items: list[WorkItem] = []
    for person in people:
        holder = deputies.get(person.pk, person)
        if step.rule == "one" and kind == ItemKind.DO and any(each.account_id == holder.pk for each in items):
            continue  # one answer is enough, and one person gives it
        item = WorkItem(
            step=step,
            instance=case.instance,
            kind=kind,
            source=case.instance.owner or "workflow",
            about=case.instance.pk,
            url=f"/workflow/{case.instance.pk}/",
            title=case.instance.title,
            step_name=step.name,
            step_name_en=step.name_en,
            from_name=case.desk.actor.name[:200],
            account=holder,
            why=why,
            added_by=added_by,
            place=begin + len(items),
            arrived_at=case.desk.now,
            due_at=step.due_at,
            yellow_at=step.yellow_at,
        )
        if holder is not person:
            item.for_account, item.why = person, "absence"
        if order == "sequence" and items:
            item.state = ItemState.WAITING
        items.append(item)
    return items


def tell_arrival(case: "Case", item: WorkItem) -> None:
    """Somebody has something to do."""
    case.desk.telling.changed(item.account_id)
    case.desk.telling.tell(
        "arrived",
        case.instance,
        [item.account_id],
        step=item.step_name,
        step_en=item.step_name_en,
        person=item.from_name,
    )
    if item.why == "absence" and item.for_account is not None:
        case.desk.telling.tell(
            "stood_in",
            case.instance,
            [item.for_account.pk],
            step=item.step_name,
            step_en=item.step_name_en,
            person=item.account.name,
        )


def copies(case: "Case", step: Step, people: Sequence[Account]) -> None:
    """Something to read for those whom the drawing names when a step is done (抄送)."""
    for person in people:
        case.desk.add(
            WorkItem(
                step=None,
                instance=case.instance,
                kind=ItemKind.READ,
                source=case.instance.owner or "workflow",
                about=case.instance.pk,
                url=f"/workflow/{case.instance.pk}/",
                title=case.instance.title,
                step_name=step.name,
                step_name_en=step.name_en,
                from_name=case.desk.actor.name[:200],
                account=person,
                arrived_at=case.desk.now,
            )
        )
        case.desk.telling.changed(person.pk)
    case.desk.telling.tell(
        "copied", case.instance, [each.pk for each in people], step=step.name, step_en=step.name_en
    )


def accounts_of(ids: Sequence[uuid.UUID], case: "Case") -> list[Account]:
    """Colleagues by their keys. Raises PeopleUnfit if one of them does not work here."""
    found = case.desk.people.active(ids)
    if len(found) < len(set(ids)):
        raise errors.PeopleUnfit
    return found
