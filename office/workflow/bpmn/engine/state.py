"""A running process: what it waits for, and the acts that move it on."""

import json
import math
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from office.workflow.bpmn import limits
from office.workflow.bpmn.elements import Definition, Node, outcome_name
from office.workflow.bpmn.engine import codec
from office.workflow.bpmn.engine.building import ELEMENT, INNER, Built, element
from office.workflow.bpmn.engine.compiling import MAIN
from office.workflow.bpmn.engine.faults import (
    BadVariable,
    EngineFault,
    NotReturnable,
    NotWaiting,
    NoWay,
    Runaway,
    StateTooLarge,
)
from office.workflow.bpmn.engine.parts import ACTIVE, Again, Due, Instance
from office.workflow.bpmn.expressions import ExpressionError
from office.workflow.bpmn.times import Clock


@dataclass(frozen=True, slots=True)
class WaitingStep:
    """A user task (`kind` userTask) or a service (serviceTask, businessRuleTask) that is to be completed.

    `process` is the code of the called process it lies in, "" for the process itself. `item` and `index`
    are those of a collection that it is done for; `outcome` is how the step before it on its branch ended.
    """

    task_id: UUID
    node: str
    kind: str
    process: str = ""
    item: Any = None
    index: int | None = None
    outcome: Any = None


@dataclass(frozen=True, slots=True)
class WaitingTimer:
    """An event that happens at `due` (UTC); `attached` is the step whose border it sits on."""

    task_id: UUID
    node: str
    due: datetime
    attached: str = ""
    process: str = ""


@dataclass(frozen=True, slots=True)
class WaitingMessage:
    """An event or a step that waits for a message of this name."""

    task_id: UUID
    node: str
    message: str
    process: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Everything that a process waits for."""

    steps: tuple[WaitingStep, ...]
    timers: tuple[WaitingTimer, ...]
    messages: tuple[WaitingMessage, ...]

    @property
    def next_due(self) -> datetime | None:
        """When `tick` has something to do."""
        return min((each.due for each in self.timers), default=None)


@dataclass(frozen=True, slots=True)
class Path:
    """For the drawing: what was passed, where it stands, which flows were taken (of one process)."""

    done: frozenset[str]
    current: frozenset[str]
    flows: frozenset[str]


class State:
    """One instance. Every act either succeeds or raises; after a fault the object is spoiled, throw it away."""

    def __init__(self, instance: Instance, built: Built) -> None:
        self._instance = instance
        self._built = built
        self.sent: list[str] = []  # messages thrown since this object was made, for the application

    # ----- reading

    @property
    def digest(self) -> str:
        """Which specification it belongs to."""
        return self._built.specification.digest

    @property
    def completed(self) -> bool:
        """Whether it has come to its end."""
        return bool(self._instance.completed)

    @property
    def variables(self) -> dict[str, Any]:
        """A copy of its variables."""
        return deepcopy(self._instance.variables)

    def definition(self, process: str = MAIN) -> Definition:
        """The process itself, or a called one."""
        return self._built.specification.processes[process]

    def node(self, waiting: WaitingStep | WaitingTimer | WaitingMessage) -> Node:
        """The element that something waiting belongs to."""
        return self.definition(waiting.process).nodes[waiting.node]

    def waiting(self) -> Waiting:
        """What it waits for now."""
        steps = []
        for task in self._tasks(TaskState.READY):
            if task.task_spec.manual:
                code, node = self._place(task)
                steps.append(self._step(task, code, node))
        timers: list[WaitingTimer] = []
        messages: list[WaitingMessage] = []
        for task in self._instance.event_manager.tasks.values():
            if task.state == TaskState.WAITING:
                self._events(task, timers, messages)
        timers.sort(key=lambda each: each.due)
        return Waiting(tuple(steps), tuple(timers), tuple(messages))

    def path(self, process: str = MAIN) -> Path:
        """What of a process was passed; steps that were taken back do not count."""
        definition = self.definition(process)
        done, current, pairs = set(), set(), set()
        for task in self._tasks(TaskState.ANY_MASK):
            code, node = self._place(task)
            if code != process or node is None:
                continue
            if task.state == TaskState.COMPLETED:
                done.add(node.id)
            elif task.has_state(ACTIVE) and not (
                task.state == TaskState.WAITING and node.kind == "boundaryEvent"
            ):
                current.add(node.id)
            if task.has_state(ACTIVE | TaskState.FINISHED_MASK):
                before = self._before(task)
                if before is not None:
                    pairs.add((before.id, node.id))
        flows = {each.id for each in definition.flows.values() if (each.source, each.target) in pairs}
        return Path(frozenset(done), frozenset(current), frozenset(flows))

    def returnable(self, task_id: UUID) -> list[str]:
        """The user tasks to which the step with this task can go back, the latest first."""
        found: dict[str, None] = {}
        here = self._ready(task_id)
        own = here.task_spec.name[2:]
        for task in self._behind(here):
            _, node = self._place(task)
            done = task.state == TaskState.COMPLETED and task.task_spec.name.startswith(ELEMENT)
            if done and node is not None and node.kind == "userTask" and node.id != own:
                found.setdefault(node.id)
        return list(found)

    def dump(self) -> dict[str, Any]:
        """The state as JSON, at most 256 KB. Raises StateTooLarge."""
        state = codec.encode(self._instance, self.digest)
        if len(json.dumps(state, ensure_ascii=False, separators=(",", ":")).encode()) > limits.STATE:
            raise StateTooLarge()
        return state

    # ----- acting

    def complete(
        self, task_id: UUID, data: Mapping[str, Any] | None = None, *, outcome: str | None = None
    ) -> None:
        """A person or a service is done with a step.

        `data` becomes variables of the instance: scalars, or lists of scalars. `outcome` is known as
        `outcome` on this branch and as `<step>_outcome` everywhere. Raises NotWaiting, BadVariable and
        the EngineFaults.
        """
        task = self._ready(task_id)
        _, node = self._place(task)
        assert node is not None
        self._keep(data or {})
        if outcome is not None:
            self._keep({outcome_name(node.id): outcome})
            task.data["outcome"] = outcome
        else:
            task.data.pop("outcome", None)
        self._run(lambda: task.run(), node.id)

    def send(self, message: str, data: Mapping[str, Any] | None = None) -> None:
        """A message arrives; everything that waits for it goes on. Raises NotWaiting."""
        if not any(each.message == message for each in self.waiting().messages):
            raise NotWaiting()
        self._keep(data or {})
        event = BpmnEvent(MessageEventDefinition(message), payload={})
        self._run(lambda: self._instance.send_event(event), message)

    def tick(self, now: datetime | None = None) -> bool:
        """Let events happen whose time has come, by `now` or the clock. True if one was due."""
        clock = self._instance.clock
        if now is not None:
            self._instance.clock = replace(clock, now=lambda: now)
        try:
            due = self.waiting().next_due
            if due is None or due > self._instance.clock.now():
                return False
            self._run(self._instance.refresh_timers, "")
            return True
        finally:
            self._instance.clock = clock

    def set(self, data: Mapping[str, Any]) -> None:
        """Change variables without moving on (a saved draft, a corrected field)."""
        self._keep(data)

    def reset_to(self, step: str, task_id: UUID | None = None) -> None:
        """Go back (退回) to a step: what came after it is undone, other branches if they began after it.

        With `task_id` the step must lie on the way to that waiting task; without it, the latest time that
        it was done counts. Raises NotReturnable.
        """
        if task_id is not None:
            candidates = self._behind(self._ready(task_id))
        else:
            # Only what leads to something that waits: the rest has ended, or was joined by another branch.
            behind = {each.id: each for task in self._tasks(ACTIVE) for each in self._behind(task)}
            candidates = iter(sorted(behind.values(), key=lambda each: each.last_state_change, reverse=True))
        name = ELEMENT + step
        target = next(
            (
                each
                for each in candidates
                if each.task_spec.name == name and each.state == TaskState.COMPLETED
            ),
            None,
        )
        if target is None or self.completed or not self._alive(target):
            raise NotReturnable()
        self._run(lambda: self._reset(target), step)

    def cancel(self) -> None:
        """End it where it stands (撤销)."""
        self._instance.cancel()
        self._instance.completed = True

    # ----- how

    def advance(self) -> None:
        """After the start: run to where it waits."""
        self._run(lambda: None, "")

    def _run(self, act: Any, where: str) -> None:
        turns = 0
        place = where

        def turn(task: Task) -> None:
            nonlocal turns, place
            turns += 1
            place = element(task.task_spec.name) or place
            if turns > limits.TURNS or (turns % 16 == 0 and task.depth > limits.DEPTH):
                raise Runaway(params={"element": place})

        try:
            act()
            while True:
                self._instance.do_engine_steps(will_complete_task=turn)
                if not any(not task.task_spec.manual for task in self._tasks(TaskState.READY)):
                    break
        except ExpressionError as error:
            raise EngineFault(params={"element": place}) from error
        except WorkflowTaskException as error:
            raise NoWay(params={"element": place}) from error
        except WorkflowException as error:
            faults = NoWay if "No conditions" in str(error) else EngineFault
            raise faults(params={"element": place}) from error
        except RecursionError as error:
            raise Runaway(params={"element": place}) from error
        # The end that ends everything is an event of the engine, too, without a name.
        self.sent += [name for each in self._instance.get_events() if (name := each.event_definition.name)]
        if len(self._instance.tasks) > limits.DEPTH:
            self._check_depth(place)

    def _check_depth(self, place: str) -> None:
        for task in self._tasks(ACTIVE):
            if task.depth > limits.DEPTH:
                raise Runaway(params={"element": place})

    def _reset(self, target: Task) -> None:
        self._instance.reset_from_task_id(target.id)
        # The engine forgets to stop the events of what it took away; they would happen to nobody.
        manager = self._instance.event_manager
        for each, task in list(manager.tasks.items()):
            if task.workflow.tasks.get(each) is not task or self._gone(task.workflow):
                del manager.tasks[each]

    def _gone(self, workflow: Any) -> bool:
        while workflow is not self._instance:
            if self._instance.subprocesses.get(workflow.parent_task_id) is not workflow:
                return True
            workflow = workflow.parent_workflow
        return False

    def _alive(self, task: Task) -> bool:
        workflow = task.workflow
        while workflow is not self._instance:
            if workflow.completed:
                return False
            workflow = workflow.parent_workflow
        return True

    def _keep(self, data: Mapping[str, Any]) -> None:
        for name, value in data.items():
            if not isinstance(name, str) or not name.isidentifier() or not keepable(value):
                raise BadVariable(params={"element": str(name)[:60]})
        merged = {**self._instance.variables, **deepcopy(dict(data))}
        if len(merged) > limits.VARIABLES:
            raise BadVariable(params={"element": next(iter(data), "")})
        self._instance.variables.update(merged)

    def _tasks(self, state: int) -> Iterator[Task]:
        for workflow in (self._instance, *self._instance.subprocesses.values()):
            for task in list(workflow.tasks.values()):
                if task.has_state(state):
                    yield task

    def _ready(self, task_id: UUID) -> Task:
        for task in self._tasks(TaskState.READY):
            if task.id == task_id and task.task_spec.manual:
                return task
        raise NotWaiting()

    def _place(self, task: Task) -> tuple[str, Node | None]:
        code, definition = self._built.where(task.workflow.spec)
        return code, definition.nodes.get(element(task.task_spec.name))

    def _before(self, task: Task) -> Node | None:
        """The element from which a task was reached."""
        if task.task_spec.name.startswith(INNER):
            return None
        before = task.parent
        while before is not None and not element(before.task_spec.name):
            before = before.parent
        return self._place(before)[1] if before is not None else None

    def _behind(self, task: Task) -> Iterator[Task]:
        """The tasks on the way to this one, the nearest first, out of sub-processes, too."""
        here: Task | None = task
        while here is not None:
            before = here.parent
            if before is None and here.workflow is not self._instance:
                before = self._instance.get_task_from_id(here.workflow.parent_task_id)
            if before is not None:
                yield before
            here = before

    def _step(self, task: Task, code: str, node: Node | None) -> WaitingStep:
        assert node is not None
        item, index, here = None, None, task
        while here is not None:
            if "key_or_index" in here.internal_data:
                index = here.internal_data["key_or_index"]
                outer = here.parent
                items = outer.internal_data.get("items", []) if outer is not None else []
                item = items[index] if isinstance(index, int) and index < len(items) else None
                break
            if here.parent is None and here.workflow is not self._instance:
                here = self._instance.get_task_from_id(here.workflow.parent_task_id)
            else:
                here = None if here.parent is None else here.parent
        return WaitingStep(task.id, node.id, node.kind, code, item, index, task.data.get("outcome"))

    def _events(self, task: Task, timers: list[WaitingTimer], messages: list[WaitingMessage]) -> None:
        code, node = self._place(task)
        definition = self._built.specification.processes[code]
        if node is None:
            return
        event = task.task_spec.event_definition
        for each in event.event_definitions if isinstance(event, MultipleEventDefinition) else (event,):
            if isinstance(each, Due | Again):
                due = each.due(task)
                if due is not None:
                    timers.append(
                        WaitingTimer(
                            task.id, each.name if isinstance(each, Due) else node.id, due, node.attached, code
                        )
                    )
            elif isinstance(each, MessageEventDefinition):
                heard = node
                if node.kind == "eventBasedGateway":
                    heard = next(
                        definition.nodes[flow.target]
                        for flow in definition.outgoing(node.id)
                        if definition.nodes[flow.target].message == each.name
                    )
                messages.append(WaitingMessage(task.id, heard.id, each.name, code))


def keepable(value: Any) -> bool:
    """Whether a value may be a variable: a scalar, or a list of at most 200 scalars, of bounded size."""
    if isinstance(value, list | tuple):
        return len(value) <= limits.COLLECTION and all(
            keepable(each) and not isinstance(each, list | tuple) for each in value
        )
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, int):
        return abs(value) <= limits.NUMBER
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, str) and len(value) <= limits.TEXT_LENGTH


def begin(built: Built, data: Mapping[str, Any], clock: Clock) -> State:
    """A new instance, run to where it waits first."""
    instance = Instance(built.main, built.scopes, {}, clock)
    state = State(instance, built)
    state._keep(data)
    state.advance()
    return state
