"""Published versions as they are used: read once per process of ours, shared by all instances."""

import re
import uuid
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any

from asp.forms import EDIT, HIDDEN, READ, REQUIRED, FileDesk, bind
from asp.forms import Definition as FormDefinition
from office.workflow.bpmn import spec as engine
from office.workflow.bpmn.elements import Definition, Node
from office.workflow.models import ProcessVersion

MOST = 256
# The step that every process has without drawing it: the starter's form.
START = "@start"
_WORD = re.compile(r"[^\W\d]\w*")
_known: "OrderedDict[uuid.UUID, Version]" = OrderedDict()
_mutex = Lock()


@dataclass(frozen=True)
class Version:
    """A published version; it never changes, so it may be kept."""

    row: ProcessVersion

    @property
    def spec(self) -> Mapping[str, Any]:
        """What the engine runs."""
        found: Mapping[str, Any] = self.row.spec
        return found

    @cached_property
    def definition(self) -> Definition:
        """The drawing as it is understood."""
        return engine.definition_of(self.row.spec)

    @cached_property
    def called(self) -> dict[str, Definition]:
        """The processes that it calls, and those that they call, by their codes: nearest first."""
        found: dict[str, Definition] = {}
        queue = [self.definition]
        while queue:
            for code in [each.called for each in queue.pop(0).nodes.values() if each.kind == "callActivity"]:
                if code not in found and code in self.row.spec.get("processes", {}):
                    found[code] = engine.definition_of(self.row.spec, code)
                    queue.append(found[code])
        return found

    @cached_property
    def form(self) -> FormDefinition:
        """Its form. Raises DefinitionError if what is stored can no longer be read."""
        return FormDefinition.read(self.row.form)

    @cached_property
    def access_at_start(self) -> dict[str, str]:
        """What the starter may do with each field.

        What some step fills in is asked there and not at the start, unless the form itself says that it is required.
        """
        return access_at_start(self.form, self.definition)

    @cached_property
    def names(self) -> frozenset[str]:
        """The variables that its conditions, loops and timers look at: no others go to the engine."""
        texts: list[str] = []
        for code in self.row.spec.get("processes", {"": None}):
            definition = self.definition if code == "" else engine.definition_of(self.row.spec, code)
            texts += [flow.condition for flow in definition.flows.values()]
            for node in definition.nodes.values():
                texts += [node.loop.collection, node.loop.until] if node.loop else []
                texts += [node.timer.text] if node.timer else []
        return frozenset(word for text in texts for word in _WORD.findall(text or ""))

    def node(self, step_node: str, process: str = "") -> Node | None:
        """One element, of a called process by its code; None if it is not drawn."""
        if not process:
            return self.definition.nodes.get(step_node)
        try:
            return engine.definition_of(self.row.spec, process).nodes.get(step_node)
        except KeyError:
            return None

    def access(self, step_node: str, process: str = "") -> dict[str, str]:
        """What a step may do with each field of the form."""
        if step_node == START:
            return self.access_at_start
        node = self.node(step_node, process)
        if node is None or node.step is None:
            return {}
        known = self.form.by_name
        return {each.name: each.access for each in node.step.fields if each.name in known}

    def variables(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What the engine gets to know of a form: only what it decides by."""
        # Only names are read here; whether files are there was looked at when the form was taken.
        bound = bind(self.form, values, READ, files=FileDesk("workflow.form", "", lambda ids: {}))
        found = {name: value for name, value in bound.scalars().items() if name in self.names}
        for name in self.names & set(values):
            value = values[name]
            if isinstance(value, list) and all(isinstance(each, str | int | float) for each in value):
                found[name] = value
        return found


def access_at_start(form: FormDefinition, definition: Definition) -> dict[str, str]:
    """What the starter of a process may do with each field of its form."""
    later = {
        each.name
        for node in definition.steps
        for each in (node.step.fields if node.step else ())
        if each.access in (EDIT, REQUIRED)
    }
    return {
        each.name: HIDDEN if each.name in later and not getattr(each, "required", False) else EDIT
        for each in form.fields
    }


def version_of(version_id: uuid.UUID) -> Version:
    """A version of the current bureau by its key, which was read from a row of that bureau."""
    with _mutex:
        found = _known.get(version_id)
        if found is not None:
            _known.move_to_end(version_id)
            return found
    made = Version(ProcessVersion.objects.select_related("process").get(pk=version_id))
    with _mutex:
        _known[version_id] = made
        while len(_known) > MOST:
            _known.popitem(last=False)
    return made
