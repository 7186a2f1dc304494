"""From a specification to the engine's objects, which all instances of a version share.

They are made directly: the engine's own reader is recursive along the flows (some 300 steps in a row end
it) and reads what we do not want to be read. Names of elements get a prefix, because the engine gives
`Start`, `End` and others a meaning.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import _BpmnCondition
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    EndEvent,
    EventBasedGateway,
    ExclusiveGateway,
    IntermediateCatchEvent,
    IntermediateThrowEvent,
    ReceiveTask,
    SendTask,
    StartEvent,
    SubWorkflowTask,
)
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import (
    ErrorEventDefinition,
    EscalationEventDefinition,
)
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition, TerminateEventDefinition
from SpiffWorkflow.exceptions import WorkflowException

from office.workflow.bpmn.elements import SERVICES, Definition, Node
from office.workflow.bpmn.engine import compiling
from office.workflow.bpmn.engine.compiling import Specification
from office.workflow.bpmn.engine.parts import (
    Again,
    BorderJoin,
    Due,
    Inclusive,
    Parallel,
    ParallelLoop,
    Pass,
    SequentialLoop,
    Work,
    loop_parts,
)
from office.workflow.bpmn.gate.graph import links

__all__ = ["Built", "WorkflowException", "build", "built", "element", "scope_name"]

# At their default level these loggers list every task for every step, though nobody reads it.
for _name in ("spiff", "spiff.workflow", "spiff.task"):
    logging.getLogger(_name).setLevel(logging.ERROR)

ELEMENT = "e:"
INNER = "c:"
SPLIT = "s:"
JOIN = "j:"
CHOICE = "x:"


def element(spec_name: str) -> str:
    """The id of the element behind a name of the engine; empty for the engine's own parts."""
    return spec_name[2:] if spec_name.startswith((ELEMENT, INNER)) else ""


def scope_name(code: str, scope: str) -> str:
    """What the engine calls a process or sub-process."""
    return f"{code}\n{scope}"


class ScopeSpec(BpmnProcessSpec):
    """A process or sub-process; knows its graph backwards, for joins."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name)
        self.backwards: dict[str, dict[str, list[str]]] = {}

    def sources_without(self, name: str) -> Mapping[str, list[str]]:
        """The inputs of every part, as if that one did not exist."""
        if name not in self.backwards:
            self.backwards[name] = {
                each: [source for source in spec._inputs if source != name]
                for each, spec in self.task_specs.items()
                if each != name
            }
        return self.backwards[name]


class Built:
    """What instances of one version share."""

    def __init__(self, specification: Specification) -> None:
        self.specification = specification
        self.scopes: dict[str, ScopeSpec] = {}
        for code, definition in specification.processes.items():
            for scope in definition.scopes:
                made = _Scope(specification, code, definition, scope).build()
                self.scopes[made.name] = made
        self.main = self.scopes[scope_name(compiling.MAIN, specification.processes[compiling.MAIN].id)]

    def where(self, spec: Any) -> tuple[str, Definition]:
        """Code and definition of the process that a scope of the engine belongs to."""
        code = spec.name.split("\n", 1)[0]
        return code, self.specification.processes[code]


def build(specification: Specification) -> Built:
    """Make the engine's objects. Raises WorkflowException."""
    return Built(specification)


_KEPT = 256
_cache: "OrderedDict[str, Built]" = OrderedDict()
_lock = threading.Lock()


def built(stored: Mapping[str, Any]) -> Built:
    """The engine's objects of a stored specification, kept for the process of the operating system."""
    digest = stored["digest"]
    with _lock:
        if digest in _cache:
            _cache.move_to_end(digest)
            return _cache[digest]
    made = build(compiling.from_json(stored))
    with _lock:
        _cache[digest] = made
        while len(_cache) > _KEPT:
            _cache.popitem(last=False)
    return made


class _Scope:
    def __init__(self, specification: Specification, code: str, definition: Definition, scope: str) -> None:
        self.specification = specification
        self.code = code
        self.definition = definition
        self.spec = ScopeSpec(scope_name(code, scope))
        self.nodes = [definition.nodes[each] for each in definition.scopes[scope]]
        self.jumps = links(definition, scope)
        self.parts: dict[str, Any] = {}
        self.entries: dict[str, Any] = {}

    def build(self) -> ScopeSpec:
        for node in self.nodes:
            self.parts[node.id] = self.entries[node.id] = self._part(node)
        for node in self.nodes:
            if events := self.definition.boundaries.get(node.id):
                self._border(node, events)
        for node in self.nodes:
            self._connect(node)
        for node in self.nodes:
            if node.loop is not None:
                self._repeat(node)
        return self.spec

    def _part(self, node: Node) -> Any:
        name = ELEMENT + node.id
        kind = node.kind
        if kind == "userTask" or kind in SERVICES:
            return Work(self.spec, name)
        if kind == "subProcess":
            return SubWorkflowTask(self.spec, name, subworkflow_spec=scope_name(self.code, node.id))
        if kind == "callActivity":
            called = self.specification.processes[node.called]
            return SubWorkflowTask(self.spec, name, subworkflow_spec=scope_name(node.called, called.id))
        if kind == "exclusiveGateway":
            return ExclusiveGateway(self.spec, name)
        if kind == "inclusiveGateway":
            return Inclusive(self.spec, name)
        if kind == "parallelGateway":
            return Parallel(self.spec, name)
        if kind == "eventBasedGateway":
            return EventBasedGateway(self.spec, name, event_definition=MultipleEventDefinition())
        if kind == "startEvent":
            made = StartEvent(self.spec, name, event_definition=NoneEventDefinition())
            self.spec.start.connect(made)
            return made
        if kind == "endEvent":
            made = EndEvent(self.spec, name, event_definition=self._event(node))
            made.connect(self.spec.end)
            return made
        if kind == "boundaryEvent":
            return BoundaryEvent(
                self.spec, name, event_definition=self._event(node), cancel_activity=node.interrupting
            )
        if kind == "receiveTask":
            return ReceiveTask(self.spec, name, event_definition=self._event(node))
        if kind == "sendTask":
            return SendTask(self.spec, name, event_definition=self._event(node))
        if kind == "intermediateCatchEvent" and node.event in ("timer", "message"):
            return IntermediateCatchEvent(self.spec, name, event_definition=self._event(node))
        if kind == "intermediateThrowEvent" and node.event in ("message", "escalation"):
            return IntermediateThrowEvent(self.spec, name, event_definition=self._event(node))
        return Pass(self.spec, name)

    def _event(self, node: Node) -> Any:
        if node.event == "timer" and node.timer is not None:
            return Again(node.id, node.timer) if node.timer.kind == "cycle" else Due(node.id, node.timer)
        if node.event == "message":
            return MessageEventDefinition(node.message)
        if node.event == "error":
            return ErrorEventDefinition(node.message or "error", node.message or None)
        if node.event == "escalation":
            return EscalationEventDefinition(node.message or "escalation", node.message or None)
        if node.event == "terminate":
            return TerminateEventDefinition()
        return NoneEventDefinition()

    def _border(self, node: Node, events: tuple[str, ...]) -> None:
        main = self.parts[node.id]
        split = BoundaryEventSplit(self.spec, SPLIT + node.id)
        join = BorderJoin(self.spec, JOIN + node.id, split_task=split.name, cancel=True)
        split.connect(main)
        main.connect(join)
        for each in events:
            split.connect(self.parts[each])
            self.parts[each].connect(join)
        self.entries[node.id] = split

    def _connect(self, node: Node) -> None:
        part = self.parts[node.id]
        flows = self.definition.outgoing(node.id)
        if node.id in self.jumps:
            part.connect(self.entries[self.jumps[node.id]])
        chooses = node.kind in ("exclusiveGateway", "inclusiveGateway")
        if node.is_activity and any(each.condition for each in flows):
            choice = Inclusive(self.spec, CHOICE + node.id)
            part.connect(choice)
            part, chooses = choice, True
        for flow in flows:
            target = self.entries[flow.target]
            if not chooses or flow.id == node.default or (len(flows) == 1 and not flow.condition):
                part.connect(target)
            else:
                part.connect_if(_BpmnCondition(flow.condition or "true"), target)

    def _repeat(self, node: Node) -> None:
        """Put a task that makes one inner task for each item in the place of the task."""
        inner = self.parts[node.id]
        assert node.loop is not None
        del self.spec.task_specs[inner.name]
        kind = SequentialLoop if node.loop.sequential else ParallelLoop
        outer = kind(self.spec, inner.name, task_spec=INNER + node.id, **loop_parts(node.id, node.loop))
        outer._inputs, outer._outputs = inner._inputs, inner._outputs
        inner.name = INNER + node.id
        inner._inputs, inner._outputs = [outer.name], []
        self.spec.task_specs[inner.name] = inner
        # The engine connects this when it makes the first item, and forgets it when it is restored.
        inner.completed_event.connect(outer.merge_child)
