"""Running instances on another version of their process."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from office.workflow.bpmn.elements import Definition
from office.workflow.bpmn.engine.building import SPLIT, Built, built, element
from office.workflow.bpmn.engine.faults import NotMigratable
from office.workflow.bpmn.engine.parts import ACTIVE
from office.workflow.bpmn.engine.state import State


@dataclass(frozen=True, slots=True)
class Migration:
    """What moving an instance means. Ids of elements, as (code of the process, id).

    `blocking`: it waits there, and the other version has no such step: it cannot be moved. `lost`: they were
    done, and vanish from the picture of its way; what was written there stays with the instance.
    `restarted`: it waits there, and the step begins anew because it works differently (its timers, too).
    """

    blocking: tuple[tuple[str, str], ...]
    lost: tuple[tuple[str, str], ...]
    restarted: tuple[tuple[str, str], ...]

    @property
    def possible(self) -> bool:
        """Whether it can be moved."""
        return not self.blocking


def migrate(state: State, spec: Mapping[str, Any], *, dry: bool = False) -> tuple[Migration, State]:
    """Move an instance to another specification; with `dry`, only say what it would mean.

    The state given is used up unless `dry`. Raises NotMigratable, naming the step.
    """
    target = built(spec)
    move = _Move(state, target)
    found = move.plan()
    if dry:
        return found, state
    if not found.possible:
        raise NotMigratable(params={"element": found.blocking[0][1]})
    move.carry_out()
    moved = State(state._instance, target)
    moved.advance()
    return found, moved


class _Move:
    def __init__(self, state: State, target: Built) -> None:
        self.instance = state._instance
        self.old = state._built
        self.new = target

    def plan(self) -> Migration:
        """What would happen to each task that has happened or is waiting."""
        blocking: dict[tuple[str, str], None] = {}
        lost: dict[tuple[str, str], None] = {}
        restarted: dict[tuple[str, str], None] = {}
        for workflow in self._workflows():
            scope = self.new.scopes.get(self._name(workflow))
            for task in workflow.tasks.values():
                if not task.has_state(ACTIVE | TaskState.FINISHED_MASK):
                    continue
                code, definition = self.old.where(workflow.spec)
                node = element(task.task_spec.name)
                fits = scope is not None and self._fits(task, scope)
                if fits or (not node and not task.has_state(ACTIVE)):
                    if (
                        fits
                        and node
                        and task.has_state(ACTIVE)
                        and self._differs(task, code, definition, node)
                    ):
                        restarted[(code, node)] = None
                    continue
                if task.has_state(ACTIVE):
                    blocking[(code, node or task.task_spec.name[2:])] = None
                else:
                    lost[(code, node)] = None
        return Migration(tuple(blocking), tuple(lost), tuple(restarted))

    def carry_out(self) -> None:
        """Put the tasks on the new version: what is only foreseen is foreseen anew."""
        for workflow in self._workflows():
            scope = self.new.scopes[self._name(workflow)]
            code, definition = self.old.where(workflow.spec)
            again = [
                task
                for task in workflow.tasks.values()
                if task.has_state(ACTIVE)
                and element(task.task_spec.name)
                and self._differs(task, code, definition, element(task.task_spec.name))
            ]
            for task in list(workflow.tasks.values()):
                if task.id in workflow.tasks and task.has_state(TaskState.PREDICTED_MASK | TaskState.FUTURE):
                    workflow._remove_task(task.id)
            for task in list(workflow.tasks.values()):
                if self._fits(task, scope):
                    task.task_spec = scope.task_specs[task.task_spec.name]
                else:
                    self._take_out(task)
            workflow.spec = scope
            for task in again:
                if task.id in workflow.tasks:
                    self._begin_again(task)
            for task in list(workflow.tasks.values()):
                if task.has_state(ACTIVE):
                    task.task_spec._predict(task, mask=TaskState.NOT_FINISHED_MASK)
            if workflow.last_task is not None and workflow.last_task.id not in workflow.tasks:
                workflow.last_task = None
        self.instance.subprocess_specs = self.new.scopes
        manager = self.instance.event_manager
        manager.tasks = {
            task.id: task
            for workflow in self._workflows()
            for task in workflow.tasks.values()
            if task.state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent)
        }

    def _workflows(self) -> list[Any]:
        return [self.instance, *self.instance.subprocesses.values()]

    def _name(self, workflow: Any) -> str:
        """The scope of the new version; the process itself may have another id there."""
        return self.new.main.name if workflow is self.instance else workflow.spec.name

    def _fits(self, task: Task, scope: Any) -> bool:
        name = task.task_spec.name
        if name.endswith(".EndJoin") and task.task_spec is task.workflow.spec.end:
            return bool(name == scope.end.name)
        found = scope.task_specs.get(name)
        return found is not None and type(found) is type(task.task_spec)

    def _differs(self, task: Task, code: str, definition: Definition, node: str) -> bool:
        """Whether a waiting step works differently: its events on the border, its collection, its times."""
        old = definition.nodes[node]
        other = self.new.specification.processes.get(code)
        new = other.nodes.get(node) if other else None
        if other is None or new is None:
            return False
        border = [definition.nodes[each] for each in definition.boundaries.get(node, ())]
        new_border = [other.nodes[each] for each in other.boundaries.get(node, ())]
        shape = lambda each: (each.id, each.event, each.timer, each.message, each.interrupting)  # noqa: E731
        return (
            [shape(each) for each in border] != [shape(each) for each in new_border]
            or old.loop != new.loop
            or old.timer != new.timer
            or (old.message != new.message)
        )

    def _take_out(self, task: Task) -> None:
        """A task that has no place any more: what follows hangs on what came before."""
        parent = task.parent
        if parent is None:
            return
        for child in task.children:
            child.parent = parent
        place = parent._children.index(task.id)
        parent._children[place : place + 1] = task._children
        del task.workflow.tasks[task.id]

    def _begin_again(self, task: Task) -> None:
        place = task.parent
        if task.task_spec.name.startswith("c:") or place is None:
            return
        if place.task_spec.name.startswith(SPLIT):
            task, place = place, place.parent
        data = dict(place.data)
        name = task.task_spec.name[2:]
        scope = task.workflow.spec
        entry = scope.task_specs.get(SPLIT + name) or scope.task_specs["e:" + name]
        for each in [each for each in task if each.id in self.instance.subprocesses]:
            self.instance.delete_subprocess(each)
        task.workflow._remove_task(task.id)
        fresh = place._add_child(entry, TaskState.FUTURE)
        fresh.data = data
        entry._predict(fresh, mask=TaskState.NOT_FINISHED_MASK)
        entry._update(fresh)
