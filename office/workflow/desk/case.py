"""One instance in hand: what waits in it, and how the acts of people move it on."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Max

from asp.accounts.models import Account
from asp.ui.text import localized
from office.workflow import deadlines, errors, hooks
from office.workflow.bpmn import spec as engine
from office.workflow.bpmn.elements import Node
from office.workflow.bpmn.spec import State, WaitingStep
from office.workflow.desk import opening
from office.workflow.desk.signing import decide
from office.workflow.desk.versions import START, Version
from office.workflow.models import (
    Event,
    Instance,
    InstanceState,
    ItemKind,
    ItemState,
    Step,
    StepState,
    WorkItem,
)

if TYPE_CHECKING:
    from office.workflow.desk.desk import Desk

Chosen = Mapping[str, Sequence[uuid.UUID]]
LIVE = (ItemState.OPEN, ItemState.WAITING)
REJECT = "reject"  # the outcome of a step at which everything was ended


def rounds_of(instances: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[tuple[str, str], int]]:
    """How often each node of some instances was come to, with one statement."""
    rows = Step.objects.filter(instance__in=instances).order_by().values_list("instance", "process", "node")
    found: dict[uuid.UUID, dict[tuple[str, str], int]] = {}
    for instance, process, node, last in rows.annotate(last=Max("round")):
        found.setdefault(instance, {})[process, node] = last
    return found


class Case:
    """One instance, locked, with its open steps and their items. Acts raise before anything is written."""

    def __init__(self, desk: "Desk", instance: Instance, version: Version, *, fresh: bool = False) -> None:
        self.desk = desk
        self.instance = instance
        self.version = version
        self.fresh = fresh
        self.touched = fresh
        self.moved = fresh  # the engine's state is another one
        self.interactive = True  # somebody can be asked for what is missing
        self.chosen: Chosen = {}
        self.wanted: dict[str, list[Account]] = {}  # node → who did it before it came back
        self.items: dict[uuid.UUID, list[WorkItem]] = {}
        self.steps: dict[uuid.UUID, Step] = {}
        self.news: list[str] = []  # kinds of what followers are told of
        self._formers: dict[str, list[uuid.UUID]] = {}
        self.state_new: State | None = None

    # ----- what is there

    @property
    def values(self) -> Mapping[str, Any]:
        """The form."""
        values: Mapping[str, Any] = self.instance.values
        return values

    @cached_property
    def state(self) -> State:
        """The engine's state, as it is stored."""
        return engine.restore(self.version.spec, self.instance.state_data, clock=self.desk.clock)

    @cached_property
    def rounds(self) -> dict[tuple[str, str], int]:
        """How often each node was come to."""
        return {} if self.fresh else rounds_of([self.instance.pk]).get(self.instance.pk, {})

    def hold(self, step: Step, items: list[WorkItem]) -> None:
        """A step that is open, with everybody's part of it."""
        self.steps[step.pk] = step
        self.items[step.pk] = items

    def open_steps(self) -> list[Step]:
        """The steps that wait now."""
        return [each for each in self.steps.values() if each.state == StepState.OPEN]

    def live_items(self, step: Step) -> list[WorkItem]:
        """The parts of a step that are not done."""
        return [each for each in self.items[step.pk] if each.state in LIVE]

    def former(self, node: str) -> list[uuid.UUID]:
        """Who did a step the last time, in the order of doing."""
        if node not in self._formers:
            done = WorkItem.objects.filter(
                step__instance=self.instance, step__node=node, state=ItemState.DONE, kind=ItemKind.DO
            )
            rows = done.order_by("-step__round", "done_at").values_list("step__round", "done_by_id")
            last = None
            found: list[uuid.UUID] = []
            for number, account_id in rows:
                last = number if last is None else last
                if number == last and account_id is not None:
                    found.append(account_id)
            self._formers[node] = found
        return self._formers[node]

    def item(self, item_id: uuid.UUID, account: Account) -> tuple[Step, WorkItem]:
        """The open part of `account`. Raises NotRunning, AlreadyDone, NotYours."""
        for step in self.steps.values():
            for each in self.items[step.pk]:
                if each.pk == item_id:
                    return self._allowed(step, each, account)
        self.check_running()
        raise errors.AlreadyDone

    def _allowed(self, step: Step, item: WorkItem, account: Account) -> tuple[Step, WorkItem]:
        if item.account_id != account.pk:
            raise errors.NotYours
        self.check_running()
        if not item.is_open or not step.is_open:
            raise errors.AlreadyDone
        return step, item

    def check_running(self) -> None:
        """Raises NotRunning."""
        if not self.instance.is_running:
            raise errors.NotRunning(params={"title": self.instance.title})

    # ----- acts on the engine

    def start(self, variables: Mapping[str, Any]) -> None:
        """Let the engine begin, with the form as it is now."""
        data = {**self.version.variables(self.values), **variables}
        self.__dict__["state"] = engine.start(self.version.spec, data, clock=self.desk.clock)
        self.sync()

    def finish(self, step: Step, item: WorkItem, account: Account, outcome: str, opinion: str) -> None:
        """One person's part is done; perhaps the step, and what follows."""
        node = self.version.node(step.node, step.process)
        outcomes = [each.value for each in node.step.outcomes] if node is not None and node.step else []
        if item.kind == ItemKind.DO and outcomes and outcome not in outcomes:
            raise errors.UnknownOutcome
        outcome = outcome if item.kind == ItemKind.DO and outcomes else ""
        self.close_item(item, ItemState.DONE, by=account, outcome=outcome, opinion=opinion)
        self.event("done", step=step, item=item, outcome=outcome, opinion=opinion)
        self.news.append("done")
        if item.kind == ItemKind.SIGN:
            self._signed(step, item)
            return
        mine = [each for each in self.items[step.pk] if each.kind == ItemKind.DO]
        given = sorted(
            (each for each in mine if each.state == ItemState.DONE),
            key=lambda each: each.done_at or self.desk.now,
        )
        waiting = [each for each in mine if each.state in LIVE]
        decision = decide(
            rule=step.rule,
            share=step.share,
            outcomes=outcomes,
            given=[each.outcome for each in given],
            open_count=len(waiting),
        )
        if decision.decided:
            self.complete(step, decision.outcome)
        elif step.order == "sequence" and waiting and not any(each.is_open for each in waiting):
            self.open_item(waiting[0])

    def _signed(self, step: Step, item: WorkItem) -> None:
        """Somebody who was added has signed: the next one of them, or back to who added them."""
        added = [each for each in self.items[step.pk] if each.kind == ItemKind.SIGN and each.state in LIVE]
        same = [each for each in added if each.added_by_id == item.added_by_id]
        if same:
            if not any(each.is_open for each in same):
                self.open_item(same[0])
            return
        for each in self.items[step.pk]:
            if (
                each.kind == ItemKind.DO
                and each.state == ItemState.WAITING
                and each.account_id == item.added_by_id
            ):
                self.open_item(each)

    def complete(self, step: Step, outcome: str, variables: Mapping[str, Any] | None = None) -> None:
        """A step is decided: the engine goes on."""
        self.close_step(step, StepState.DONE, outcome)
        self.instance.outcome = outcome or self.instance.outcome
        self._formers.pop(step.node, None)
        self.happened("step_done", node=step.node, outcome=outcome)
        if step.node == START:
            self.start(opening.variables_of_starter(self))
        else:
            data = {**self.version.variables(self.values), **(variables or {})}
            self.state.complete(step.task_id, data, outcome=outcome or None)
            self.sync()
        node = self.version.node(step.node, step.process)
        if node is not None and node.step is not None and node.step.copies:
            opening.copies(self, step, self.desk.people.copies(self, node))

    def sync(self) -> None:
        """Make the rows what the engine waits for."""
        self.touched = self.moved = True
        if self.state.completed:
            self.end(InstanceState.COMPLETED)
            return
        waiting = {each.task_id: each for each in self.state.waiting().steps}
        held = {each.task_id: each for each in self.open_steps() if each.node != START}
        for task_id, step in held.items():
            if task_id not in waiting:
                self.close_step(step, StepState.DROPPED)
        for task_id, each in waiting.items():
            if task_id not in held:
                opening.open_step(self, each, self._node(each))
        for name in self.state.sent:
            self.event("message", params={"message": name})
            self.happened("message", message=name)
        self.state.sent.clear()

    def _node(self, waiting: WaitingStep) -> Node:
        return self.state.node(waiting)

    def reject(self, step: Step, item: WorkItem, account: Account, reason: str) -> None:
        """One person ends everything at their step (否决); what waits beside it is no longer needed."""
        self.close_item(item, ItemState.DONE, by=account, outcome=REJECT, opinion=reason)
        self.close_step(step, StepState.DONE, REJECT)
        self.instance.outcome = REJECT
        self.happened("step_done", node=step.node, outcome=REJECT)
        self.end(InstanceState.REJECTED, reason, step=step, item=item)

    def end(
        self,
        state: InstanceState,
        reason: str = "",
        *,
        step: Step | None = None,
        item: WorkItem | None = None,
    ) -> None:
        """It is over; `step` and `item` are where somebody has ended it."""
        for each in self.open_steps():
            self.close_step(each, StepState.DROPPED)
        self.instance.state = state
        self.instance.ended_at = self.desk.now
        self.instance.reason = reason
        self.touched = True
        kind = str(state.value)
        self.event(kind, step=step, item=item, opinion=reason, outcome=self.instance.outcome[:40])
        self.news.append(kind)
        if state != InstanceState.REJECTED:  # who rejects says where and why
            self.desk.telling.tell(kind, self.instance, [self.instance.starter_id])
        # For the function that it belongs to, what was rejected came to nothing as well; the outcome tells them apart.
        self.happened(
            "completed" if state == InstanceState.COMPLETED else "cancelled", outcome=self.instance.outcome
        )

    # ----- rows

    def close_step(self, step: Step, state: StepState, outcome: str = "") -> None:
        """A step is over; what people had of it is no longer needed."""
        step.state, step.outcome, step.ended_at, step.next_at = state, outcome[:40], self.desk.now, None
        for item in self.live_items(step):
            self.close_item(item, ItemState.DROPPED)
        self.desk.change(step)
        self.touched = True

    def close_item(
        self,
        item: WorkItem,
        state: ItemState,
        *,
        by: Account | None = None,
        outcome: str = "",
        opinion: str = "",
    ) -> None:
        """Somebody's part is over."""
        item.state, item.done_at, item.done_by = state, self.desk.now, by
        item.outcome, item.opinion = outcome[:40], opinion
        self.desk.change(item)
        self.desk.telling.changed(item.account_id)
        self.touched = True

    def open_item(self, item: WorkItem) -> None:
        """It is somebody's turn."""
        item.state, item.arrived_at, item.read_at = ItemState.OPEN, self.desk.now, None
        self.desk.change(item)
        self.desk.telling.changed(item.account_id)
        self.desk.telling.tell(
            "arrived",
            self.instance,
            [item.account_id],
            step=item.step_name,
            step_en=item.step_name_en,
            person=item.from_name,
        )

    def event(
        self,
        kind: str,
        *,
        step: Step | None = None,
        item: WorkItem | None = None,
        outcome: str = "",
        opinion: str = "",
        params: Mapping[str, Any] | None = None,
    ) -> None:
        """Write down what happened; in whose place, if the item was meant for somebody else."""
        actor = self.desk.actor
        stood_in = (
            item.for_account if item is not None and item.for_account_id and item.why == "absence" else None
        )
        details = dict(params or {})
        self.desk.add(
            Event(
                instance=self.instance,
                step=step,
                kind=kind,
                node=step.node if step is not None else "",
                actor_id=actor.id,
                actor_name=actor.name[:200],
                for_id=stood_in.pk if stood_in is not None else None,
                for_name=stood_in.name[:200] if stood_in is not None else "",
                outcome=outcome[:40],
                opinion=opinion,
                params=details,
                occurred_at=self.desk.now,
            )
        )
        self.desk.log(
            self, kind, {"step": step.name if step is not None else "", "outcome": outcome, **details}
        )

    def happened(self, kind: str, **more: Any) -> None:
        """For the function that it belongs to."""
        self.desk.telling.happened(
            hooks.Happening(kind, self.instance, account_id=self.desk.actor.id, **more)
        )

    def recount(self, steps: Iterable[Step] | None = None) -> None:
        """Reckon the deadlines of open steps anew, after a pause or another beginning."""
        for step in self.open_steps() if steps is None else steps:
            deadlines.put(step, self.desk.calendar, self.instance.pauses)
            for item in self.live_items(step):
                item.due_at, item.yellow_at = step.due_at, step.yellow_at
                self.desk.change(item)
            self.desk.change(step)

    def store(self) -> None:
        """Write the instance; raises StateTooLarge."""
        if not self.touched:
            return
        instance = self.instance
        if self.moved:
            instance.state_data = self.state.dump()
            instance.next_due = None if not instance.is_running else self.state.waiting().next_due
            instance.trouble = None
        if not instance.is_running:
            instance.next_due = None
        instance.revision += 1
        if self.fresh:
            opening.number(self)
            instance.save(force_insert=True)
            self.fresh = False
        else:
            instance.save(update_fields=INSTANCE_FIELDS)
        self.touched = self.moved = False


def step_title(step: Step) -> str:
    """The name of a step in the language that is active now."""
    return localized(step)


INSTANCE_FIELDS = (
    "version", "state", "outcome", "values", "state_data", "revision", "pauses", "next_due", "trouble", "ended_at", "reason",
)  # fmt: skip
