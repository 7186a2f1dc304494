"""From hand to hand: handing over (转办), adding people who sign (加签), and saying who does it (改派)."""

from collections.abc import Sequence

from django.db import transaction

from asp.accounts.models import Account
from asp.audit.actor import Actor
from office.workflow import errors
from office.workflow.desk import Case, Desk, opening
from office.workflow.desk.versions import START
from office.workflow.models import Instance, ItemKind, ItemState, Step, WorkItem


def mine(desk: Desk, item: WorkItem, account: Account, action: str) -> tuple[Case, Step, WorkItem]:
    """The open part of `account`, if the step allows them `action`. Raises NotYours, AlreadyDone, NotRunning, ActionDenied."""
    if item.instance_id is None or item.kind == ItemKind.READ:
        raise errors.ActionDenied
    case = desk.case(item.instance_id)
    step, own = case.item(item.pk, account)
    if not allows(case, step, own, action):
        raise errors.ActionDenied
    return case, step, own


def allows(case: Case, step: Step, item: WorkItem, action: str) -> bool:
    """Whether somebody may do this at a step; who was added only signs, or hands it over."""
    if step.node == START or (item.kind == ItemKind.SIGN and action != "hand_over"):
        return False
    node = case.version.node(step.node, step.process)
    return node is not None and node.step is not None and node.step.allows(action)


@transaction.atomic
def hand_over(*, actor: Actor, item: WorkItem, account: Account, to: Account, opinion: str = "") -> Instance:
    """Give one's part to a colleague (转办). Raises NotYours, AlreadyDone, NotRunning, ActionDenied, PeopleUnfit."""
    desk = Desk(actor=actor)
    case, step, own = mine(desk, item, account, "hand_over")
    _pass_on(case, step, own, to, "handed", opinion.strip(), by=account)
    desk.flush()
    return case.instance


@transaction.atomic
def reassign(*, actor: Actor, item: WorkItem, to: Account, reason: str) -> Instance:
    """Give somebody's part to somebody else (改派), by one who oversees.

    Raises OpinionMissing, AlreadyDone, NotRunning, PeopleUnfit.
    """
    words = reason_given(reason)
    if item.instance_id is None:
        raise errors.ActionDenied
    desk = Desk(actor=actor)
    case = desk.case(item.instance_id)
    case.check_running()
    for step in case.open_steps():
        for each in case.live_items(step):
            if each.pk == item.pk:
                _pass_on(case, step, each, to, "reassigned", words, by=None)
                desk.flush()
                return case.instance
    raise errors.AlreadyDone


def _pass_on(
    case: Case, step: Step, item: WorkItem, to: Account, why: str, words: str, *, by: Account | None
) -> None:
    (person,) = opening.accounts_of([to.pk], case)
    if person.pk == item.account_id:
        raise errors.PeopleUnfit
    state, former = item.state, item.account
    case.close_item(item, ItemState.PASSED, by=by, opinion=words)
    (made,) = opening.items_for(
        case, step, [person], kind=ItemKind(item.kind), why=why, added_by=item.added_by, begin=item.place
    )
    made.state = state
    made.for_account = made.for_account or former
    held = [*case.items[step.pk], made]
    case.items[step.pk] = sorted(held, key=lambda each: each.place)
    case.desk.add(made)
    if made.is_open:
        opening.tell_arrival(case, made)
    case.event(
        why, step=step, item=item, opinion=words, params={"to": [made.account.name], "from": former.name}
    )


@transaction.atomic
def assign(*, actor: Actor, step: Step, people: Sequence[Account], reason: str) -> Instance:
    """Say who does a step for which nobody was found (指派). Raises OpinionMissing, AlreadyDone, NotRunning, PeopleUnfit."""
    words = reason_given(reason)
    desk = Desk(actor=actor)
    case = desk.case(step.instance_id)
    case.check_running()
    held = case.steps.get(step.pk)
    if held is None or not held.is_open or held.kind != "user":
        raise errors.AlreadyDone
    fit = opening.accounts_of([each.pk for each in people], case)
    if not fit:
        raise errors.PeopleUnfit
    _add(case, held, opening.items_for(case, held, fit, why="reassigned", begin=len(case.items[held.pk])))
    held.stranded = False
    desk.change(held)
    case.event("reassigned", step=held, opinion=words, params={"to": [each.name for each in fit]})
    desk.flush()
    return case.instance


@transaction.atomic
def add_signers(
    *,
    actor: Actor,
    item: WorkItem,
    account: Account,
    people: Sequence[Account],
    order: str = "parallel",
    opinion: str = "",
) -> Instance:
    """Ask colleagues for their opinion first (加签): one's own part waits until they have signed.

    Raises NotYours, AlreadyDone, NotRunning, ActionDenied, PeopleUnfit.
    """
    desk = Desk(actor=actor)
    case, step, own = mine(desk, item, account, "add_signers")
    fit = [each for each in opening.accounts_of([each.pk for each in people], case) if each.pk != account.pk]
    if not fit:
        raise errors.PeopleUnfit
    own.state = ItemState.WAITING
    desk.change(own)
    desk.telling.changed(account.pk)
    made = opening.items_for(
        case,
        step,
        fit,
        kind=ItemKind.SIGN,
        why="added",
        added_by=account,
        order=order,
        begin=len(case.items[step.pk]),
    )
    _add(case, step, made)
    names = [each.account.name for each in made]
    case.event("added", step=step, item=own, opinion=opinion.strip(), params={"to": names})
    desk.flush()
    return case.instance


def _add(case: Case, step: Step, items: Sequence[WorkItem]) -> None:
    case.touched = True
    for each in items:
        case.items[step.pk].append(each)
        case.desk.add(each)
        if each.is_open:
            opening.tell_arrival(case, each)


def reason_given(words: str) -> str:
    """The reason that an act needs. Raises OpinionMissing."""
    if not words.strip():
        raise errors.OpinionMissing
    return words.strip()
