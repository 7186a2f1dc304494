"""The engine's own classes, where ours must behave otherwise.

- Nothing is ever executed; conditions go through `expressions`.
- Variables belong to the instance, not to each of its tasks: a branch of a parallel part that ends later
  cannot bring an old value back, and a state stays small. A task's own data is what differs between
  branches: `outcome`, the item of a collection.
- Time comes from a clock that is handed in.
- An inclusive join asks every token, running sub-processes too, whether it can still arrive
  (SpiffWorkflow 3.2.0 follows one way back only, and forgets sub-processes). Joins in loops do not count
  what came in an earlier round.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import TaskDataEnvironment
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin
from SpiffWorkflow.bpmn.specs.defaults import (
    InclusiveGateway,
    ParallelGateway,
    ParallelMultiInstanceTask,
    SequentialMultiInstanceTask,
    UserTask,
)
from SpiffWorkflow.bpmn.specs.event_definitions.timer import CycleTimerEventDefinition, TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from office.workflow.bpmn import expressions, limits, times
from office.workflow.bpmn.elements import Loop, Timer, count_name
from office.workflow.bpmn.engine.faults import TimeUnreadable
from office.workflow.bpmn.times import Clock

ACTIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED


class SafeEnvironment(TaskDataEnvironment):
    """Expressions only."""

    def evaluate(self, expression: str, context: Mapping[str, Any], external_context: Any = None) -> Any:
        """The value of an expression. Raises expressions.ExpressionError."""
        return expressions.evaluate(expression, {**(external_context or {}), **context})

    def execute(self, *args: Any, **kwargs: Any) -> Any:
        """Never."""
        raise PermissionError("scripts are not allowed")

    def call_service(self, *args: Any, **kwargs: Any) -> Any:
        """Never: services are called by the application."""
        raise PermissionError("services are not called by the engine")


class SafeEngine(PythonScriptEngine):
    """The script engine that runs no script."""

    def __init__(self) -> None:
        super().__init__(SafeEnvironment())

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> Any:
        """The value of an expression with the variables of the instance and what is the task's own."""
        variables = task.workflow.top_workflow.variables
        return self.environment.evaluate(expression, task.data, variables)

    def execute(self, *args: Any, **kwargs: Any) -> Any:
        """Never."""
        raise PermissionError("scripts are not allowed")

    call_service = execute


ENGINE = SafeEngine()


class Instance(BpmnWorkflow):
    """A running process. Its script engine is the safe one, and stays it."""

    def __init__(
        self, spec: Any, subprocess_specs: Any, variables: dict[str, Any], clock: Clock, **options: Any
    ) -> None:
        self.variables = variables
        self.clock = clock
        super().__init__(spec, subprocess_specs, script_engine=ENGINE, **options)

    @property
    def script_engine(self) -> SafeEngine:
        """Always the safe one."""
        return ENGINE

    @script_engine.setter
    def script_engine(self, engine: Any) -> None:
        if engine is not ENGINE:
            raise PermissionError("the script engine cannot be replaced")


class Pass(BpmnSpecMixin):
    """A task or an event that waits for nothing."""


class Work(UserTask):
    """Waits for the application: a person or a service."""


def _arrived(gateway: Any, my_task: Any) -> list[Any]:
    """The tokens that have come to a join and were not used up by it in an earlier round.

    SpiffWorkflow counts those of earlier rounds again, so that a join in a loop goes on too early. A token
    is used up by the task that went on with it; if that is taken back, it counts again.
    """
    tasks = my_task.workflow.tasks
    used = {str(each) for each in tasks}
    return [
        task
        for task in tasks.values()
        if task.task_spec is gateway
        and task.parent.has_state(TaskState.COMPLETED)
        and task.internal_data.get(_USED) not in used
    ]


_USED = "used"


def _go_on(my_task: Any, arrived: list[Any]) -> bool:
    for task in arrived:
        task.internal_data[_USED] = str(my_task.id)
    return True


class Parallel(ParallelGateway):
    """A gateway whose join waits for a token on each of its flows, in each round."""

    def _check_threshold_unstructured(self, my_task: Any) -> bool:
        if my_task.internal_data.get(_USED) == str(my_task.id):
            return True
        arrived = _arrived(self, my_task)
        if set(self._inputs) - {task.parent.task_spec.name for task in arrived}:
            return False
        return _go_on(my_task, arrived)


class Inclusive(InclusiveGateway):
    """A gateway whose join waits for every token that can still arrive."""

    def _check_threshold_unstructured(self, my_task: Any) -> bool:
        if my_task.internal_data.get(_USED) == str(my_task.id):
            return True
        arrived = _arrived(self, my_task)
        names = {task.parent.task_spec.name for task in arrived}
        missing = {name for name in self._inputs if name not in names}
        if missing:
            elsewhere = {
                task.task_spec.name
                for task in my_task.workflow.tasks.values()
                if task.task_spec is not self and _on_its_way(task)
            }
            backwards = self._wf_spec.sources_without(self.name)
            may_miss, may_come = _reach(backwards, missing), _reach(backwards, names)
            if any(each in may_miss and each not in may_come for each in elsewhere):
                return False
        return _go_on(my_task, arrived)


def _on_its_way(task: Any) -> bool:
    """Whether there is a token here: also one that was just sent off and has not been looked at."""
    if task.has_state(ACTIVE):
        return True
    return bool(task.has_state(TaskState.FUTURE) and task.parent.has_state(TaskState.COMPLETED))


def _reach(backwards: Mapping[str, Iterable[str]], targets: set[str]) -> set[str]:
    seen = set(targets)
    stack = list(targets)
    while stack:
        for each in backwards.get(stack.pop(), ()):
            if each not in seen:
                seen.add(each)
                stack.append(each)
    return seen


# ----- once for each item of a collection


class _Collection:
    """The items, as they were when the step began."""

    def __init__(self, name: str) -> None:
        self.bpmn_id = name

    def exists(self, task: Any) -> bool:
        return True

    def get(self, task: Any) -> list[Any]:
        if "items" not in task.internal_data:
            value = task.data.get(self.bpmn_id, task.workflow.top_workflow.variables.get(self.bpmn_id))
            if not isinstance(value, list | tuple):
                value = [] if value is None or value == "" else [value]
            task.internal_data["items"] = list(value)[: limits.COLLECTION]
        return task.internal_data["items"]  # type: ignore[no-any-return]


class _Item:
    """The variable that holds the item; it exists inside the step only."""

    def __init__(self, name: str) -> None:
        self.bpmn_id = name

    def exists(self, task: Any) -> bool:
        return False

    def set(self, task: Any, value: Any) -> None:
        task.data[self.bpmn_id] = value


class _Outcomes:
    """Counts how the items ended, instead of collecting what their branches hold."""

    def __init__(self, node: str) -> None:
        self.node = node
        self.bpmn_id = count_name(node)

    def exists(self, task: Any) -> bool:
        return False

    def set(self, task: Any, value: Any) -> None:
        variables = task.workflow.top_workflow.variables
        ended = count_name(self.node)
        for name in [
            each for each in variables if each.startswith(ended[: -len("count")]) and each.endswith("_count")
        ]:
            variables[name] = 0
        variables[ended] = 0

    def get(self, task: Any) -> "_Counter":
        return _Counter(self.node, task)


class _Counter:
    def __init__(self, node: str, task: Any) -> None:
        self.node = node
        self.task = task

    def append(self, outcome: Any) -> None:
        variables = self.task.workflow.top_workflow.variables
        names = [count_name(self.node)]
        if outcome is not None:
            names.append(count_name(self.node, str(outcome)))
            self.task.data["outcome"] = outcome
        for name in names:
            variables[name] = int(variables.get(name) or 0) + 1


class _Outcome:
    bpmn_id = "outcome"

    def exists(self, task: Any) -> bool:
        return "key_or_index" in task.internal_data

    def get(self, task: Any) -> Any:
        return task.data.get("outcome")


def loop_parts(node: str, loop: Loop) -> dict[str, Any]:
    """The arguments of a multi-instance task."""
    return {
        "data_input": _Collection(loop.collection),
        "input_item": _Item(loop.item),
        "data_output": _Outcomes(node),
        "output_item": _Outcome(),
        "condition": loop.until or None,
    }


class ParallelLoop(ParallelMultiInstanceTask):
    """All items at once."""

    def _update_hook(self, my_task: Any) -> Any:
        # A parent that is updated again must not begin the step again.
        return None if my_task.has_state(TaskState.STARTED) else super()._update_hook(my_task)


class SequentialLoop(SequentialMultiInstanceTask):
    """One item after the other."""

    def _update_hook(self, my_task: Any) -> Any:
        return None if my_task.has_state(TaskState.STARTED) else super()._update_hook(my_task)


# ----- times


def _key(definition: Any) -> str:
    return f"due {definition.name}"


class Due(TimerEventDefinition):
    """Happens at an instant that is fixed when the process arrives."""

    def __init__(self, node: str, timer: Timer) -> None:
        super().__init__(node, timer.text)
        self.timer = timer

    def due(self, task: Any) -> datetime:
        """The instant; reckoned once."""
        key = _key(self)
        if key not in task.internal_data:
            task.internal_data[key] = self._reckon(task).isoformat()
        return datetime.fromisoformat(task.internal_data[key])

    def _reckon(self, task: Any) -> datetime:
        instance = task.workflow.top_workflow
        timer = self.timer
        try:
            if timer.kind == "duration":
                return times.duration(timer.text).after(instance.clock.now())
            if timer.kind == "wait":
                return instance.clock.after(instance.clock.now(), timer.amount, timer.unit)  # type: ignore[no-any-return]
            if timer.text[:1].isdigit():
                return times.instant(timer.text)
            return times.instant(str(instance.script_engine.evaluate(task, timer.text)))
        except (ValueError, LookupError, OverflowError) as error:
            raise TimeUnreadable(params={"element": self.name}) from error

    def has_fired(self, task: Any) -> bool:
        """Whether its time has come."""
        if task.workflow.top_workflow.clock.now() >= self.due(task):
            task.internal_data["event_fired"] = True
        return bool(task.internal_data.get("event_fired", False))

    def reset(self, task: Any) -> None:
        """After it has happened."""
        task.internal_data.pop(_key(self), None)
        super().reset(task)


class BorderJoin(BoundaryEventJoin):
    """Ends the events on the border of a step that is done; what they have begun goes on."""

    def _check_threshold_structured(self, my_task: Any) -> Any:
        finished, ended = super()._check_threshold_structured(my_task)
        again = [
            each for each in ended if isinstance(getattr(each.task_spec, "event_definition", None), Again)
        ]
        for task in again:
            # Cancelling takes away what hangs on a task: here, the steps that a repetition has begun.
            my_task.workflow.top_workflow.event_manager.remove_task(task)
            task._set_state(TaskState.COMPLETED)
        return finished, [each for each in ended if each not in again]


class Again(CycleTimerEventDefinition):
    """Happens several times, with the same span between."""

    def __init__(self, node: str, timer: Timer) -> None:
        super().__init__(node, timer.text)

    def due(self, task: Any) -> datetime | None:
        """The next time, if there is one."""
        left, due = task.internal_data.get(_key(self)) or (0, None)
        return datetime.fromisoformat(due) if left and due else None

    def cycle_complete(self, task: Any) -> bool:
        """Whether it happens now, once; times that were missed while nobody looked are not made up for."""
        now = task.workflow.top_workflow.clock.now()
        count, span = times.cycle(self.expression)
        left, due = task.internal_data.get(_key(self)) or (count, span.after(now).isoformat())
        happens = left > 0 and now >= datetime.fromisoformat(due)
        if happens:
            moment = datetime.fromisoformat(due)
            while left > 0 and moment <= now:
                moment, left = span.after(moment), left - 1
            due = moment.isoformat()
        elif left == 0:
            task.internal_data["event_fired"] = True
        task.internal_data[_key(self)] = [left, due]
        return happens
