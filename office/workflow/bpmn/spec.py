"""The engine's door: a specification once per version, a state per instance.

spec = compile(xml)                                   # stored with the version (JSON)
state = start(spec, {"amount": 1200})                 # an instance
step = state.waiting().steps[0]                       # → a work item: step.task_id, step.node
stored = state.dump()                                 # JSON, at most 256 KB, without the specification
state = restore(spec, stored)
state.complete(step.task_id, {"amount": 900}, outcome="agree")
"""

from collections.abc import Mapping
from typing import Any

from office.workflow.bpmn.elements import Definition
from office.workflow.bpmn.engine import building, codec, compiling
from office.workflow.bpmn.engine.migrating import Migration, migrate
from office.workflow.bpmn.engine.state import (
    Path,
    State,
    Waiting,
    WaitingMessage,
    WaitingStep,
    WaitingTimer,
    begin,
)
from office.workflow.bpmn.findings import Findings
from office.workflow.bpmn.reading import read
from office.workflow.bpmn.times import Clock

__all__ = [
    "Clock", "Migration", "Path", "State", "Waiting", "WaitingMessage", "WaitingStep", "WaitingTimer",
    "compile", "compile_definition", "definition_of", "migrate", "restore", "start",
]  # fmt: skip


def compile(content: bytes, *, processes: Mapping[str, Definition] | None = None) -> dict[str, Any]:
    """The specification of a drawing that has passed the gate, as JSON.

    `processes`: definitions of the processes that are called, which become part of it, so that a running
    instance keeps them as they were. Raises ValueError for a drawing that the gate would refuse.
    """
    findings = Findings()
    definition = read(content, findings)
    if definition is None or findings.failed:
        raise ValueError("; ".join(f"{each.where}: {each.code}" for each in findings.all[:5]))
    return compile_definition(definition, processes=processes)


def compile_definition(
    definition: Definition, *, processes: Mapping[str, Definition] | None = None
) -> dict[str, Any]:
    """The same from a definition, as a report of the gate gives it."""
    made = compiling.specification(definition, processes)
    building.build(made)
    return made.as_json()


def definition_of(spec: Mapping[str, Any], process: str = compiling.MAIN) -> Definition:
    """The definition inside a stored specification; of a called process by its code."""
    return building.built(spec).specification.processes[process]


def start(
    spec: Mapping[str, Any], data: Mapping[str, Any] | None = None, *, clock: Clock | None = None
) -> State:
    """Begin an instance with these variables. Raises EngineFault, BadVariable."""
    return begin(building.built(spec), data or {}, clock or Clock())


def restore(spec: Mapping[str, Any], state: Mapping[str, Any], *, clock: Clock | None = None) -> State:
    """An instance from its stored state. Raises WrongVersion."""
    built = building.built(spec)
    return State(codec.decode(state, built, spec["digest"], clock or Clock()), built)
