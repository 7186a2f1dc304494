"""The state of an instance as JSON, and back: no specification in it, only what differs.

A task is a row: id, name (its number in `names`), state, row of its parent, milliseconds since the first,
its own notes, what it changes in the data of its parent, what it takes out of it, whether it was triggered.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from copy import deepcopy
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from office.workflow.bpmn.engine.building import Built
from office.workflow.bpmn.engine.faults import WrongVersion
from office.workflow.bpmn.engine.parts import Instance
from office.workflow.bpmn.times import Clock

FORMAT = 1
ENGINE = "SpiffWorkflow 3.2.0"
# What an event gateway heard, which it has acted upon by now.
_PASSING = frozenset(("seen_events",))


def encode(instance: Instance, digest: str) -> dict[str, Any]:
    """The state as JSON."""
    names: dict[str, int] = {}
    rows_of: dict[UUID, int] = {}
    start = instance.task_tree.last_state_change
    workflows = [instance, *sorted(instance.subprocesses.values(), key=lambda each: each.depth)]
    return {
        "format": FORMAT,
        "engine": ENGINE,
        "digest": digest,
        "start": round(start, 3),
        "variables": instance.variables,
        "workflows": [_workflow(each, names, rows_of, start) for each in workflows],
        "names": list(names),
    }


def _workflow(workflow: Any, names: dict[str, int], rows_of: dict[UUID, int], start: float) -> dict[str, Any]:
    rows: list[list[Any]] = []
    stack = [(workflow.task_tree, -1)]
    while stack:
        task, parent = stack.pop()
        row = len(rows)
        rows_of[task.id] = row
        own, gone = _difference(task.data, task.parent.data if parent >= 0 else {})
        made: list[Any] = [
            _short(task.id),
            names.setdefault(task.task_spec.name, len(names)),
            task.state,
            parent,
            round((task.last_state_change - start) * 1000),
            {key: value for key, value in task.internal_data.items() if key not in _PASSING} or 0,
            own or 0,
            gone or 0,
            1 if task.triggered else 0,
        ]
        while made and made[-1] == 0 and len(made) > 5:
            made.pop()
        rows.append(made)
        stack.extend((child, row) for child in reversed(task.children))
    return {
        "spec": workflow.spec.name,
        "of": _short(workflow.parent_task_id) if workflow.parent_task_id else None,
        "completed": workflow.completed,
        "success": workflow.success,
        "last": rows_of.get(workflow.last_task.id) if workflow.last_task is not None else None,
        "tasks": rows,
    }


def _difference(data: Mapping[str, Any], before: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    own = {key: value for key, value in data.items() if key not in before or before[key] != value}
    return own, [key for key in before if key not in data]


def _short(identifier: UUID) -> str:
    return urlsafe_b64encode(identifier.bytes).decode().rstrip("=")


def _long(text: str) -> UUID:
    return UUID(bytes=urlsafe_b64decode(text + "=="))


def decode(state: Mapping[str, Any], built: Built, digest: str, clock: Clock) -> Instance:
    """The instance again. Raises WrongVersion if it belongs to another specification."""
    if state.get("format") != FORMAT or state["digest"] != digest:
        raise WrongVersion()
    names = state["names"]
    top, *others = state["workflows"]
    instance = Instance(
        built.main, built.scopes, deepcopy(dict(state["variables"])), clock, deserializing=True
    )
    _fill(instance, top, names, state["start"], instance)
    for each in others:
        task = instance.get_task_from_id(_long(each["of"]))
        inner = BpmnSubWorkflow(built.scopes[each["spec"]], task.id, instance, deserializing=True)
        instance.subprocesses[task.id] = inner
        inner.completed_event.connect(task.task_spec._on_subworkflow_completed, task)
        _fill(inner, each, names, state["start"], instance)
    return instance


def _fill(workflow: Any, stored: Mapping[str, Any], names: list[str], start: float, top: Instance) -> None:
    specs = workflow.spec.task_specs
    made: list[Task] = []
    for row in stored["tasks"]:
        own, parent = row[5:], made[row[3]] if row[3] >= 0 else None
        # The engine's constructor would notify parents and draw ids: half of the time of a restore.
        task = Task.__new__(Task)
        task.id = _long(row[0])
        task.workflow = workflow
        task.task_spec = specs[names[row[1]]]
        task._state = row[2]
        task._parent = parent.id if parent is not None else None
        task._children = []
        task.last_state_change = start + row[4] / 1000
        task.internal_data = deepcopy(own[0]) if own and own[0] else {}
        task.data = dict(parent.data) if parent is not None else {}
        if len(own) > 1 and own[1]:
            task.data.update(deepcopy(own[1]))
        if len(own) > 2 and own[2]:
            for key in own[2]:
                task.data.pop(key, None)
        task.triggered = len(own) > 3 and bool(own[3])
        task.thread_id = 0
        if parent is not None:
            parent._children.append(task.id)
        workflow.tasks[task.id] = task
        made.append(task)
        if task._state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
            top.event_manager.add_task(task)
    workflow.task_tree = made[0]
    workflow.completed = stored["completed"]
    workflow.success = stored["success"]
    workflow.last_task = made[stored["last"]] if stored["last"] is not None else None
