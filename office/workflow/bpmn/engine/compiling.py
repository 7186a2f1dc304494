"""A specification: a definition and those that it calls, as JSON, made once per version."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from office.workflow.bpmn import limits
from office.workflow.bpmn.elements import (
    Deadline,
    Definition,
    Escalation,
    FieldAccess,
    Flow,
    Loop,
    Node,
    Outcome,
    Performer,
    Sign,
    Step,
    Timer,
)

FORMAT = 1
MAIN = ""


class NotCompiled(ValueError):
    """A definition that cannot be put together; code and params are those of a finding."""

    def __init__(self, element: str, code: str, **params: object) -> None:
        super().__init__(code)
        self.element = element
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class Specification:
    """`processes`: "" is the process itself, the others are called, by their codes."""

    processes: Mapping[str, Definition]
    digest: str

    def as_json(self) -> dict[str, Any]:
        """For storing with the version."""
        return {
            "format": FORMAT,
            "digest": self.digest,
            "processes": {code: definition_as_json(each) for code, each in self.processes.items()},
        }


def specification(definition: Definition, processes: Mapping[str, Definition] | None = None) -> Specification:
    """Put a definition together with those that it calls. Raises NotCompiled."""
    known = processes or {}
    found = {MAIN: definition}
    open_calls = [(definition, 0)]
    while open_calls:
        current, depth = open_calls.pop()
        for node in current.nodes.values():
            if node.kind != "callActivity" or node.called in found:
                continue
            if node.called not in known:
                # A code that is only known by name: it is compiled again when its definition is there.
                raise NotCompiled(node.id, "process_unknown", ref=node.called[:60])
            if depth >= limits.CALL_DEPTH:
                raise NotCompiled(node.id, "process_depth", limit=limits.CALL_DEPTH)
            found[node.called] = known[node.called]
            open_calls.append((known[node.called], depth + 1))
    count = sum(len(each.nodes) for each in found.values())
    if count > limits.NODES:
        raise NotCompiled(definition.id, "too_many", count=count, limit=limits.NODES)
    text = json.dumps(
        {code: definition_as_json(each) for code, each in found.items()}, sort_keys=True, ensure_ascii=False
    )
    return Specification(found, hashlib.sha256(text.encode()).hexdigest()[:32])


def from_json(stored: Mapping[str, Any]) -> Specification:
    """A stored specification."""
    if stored.get("format") != FORMAT:
        raise ValueError(f"unknown format of a specification: {stored.get('format')!r}")
    processes = {code: definition_from_json(each) for code, each in stored["processes"].items()}
    return Specification(processes, stored["digest"])


def definition_as_json(definition: Definition) -> dict[str, Any]:
    """A definition as JSON, without what is empty."""
    return {
        "id": definition.id,
        "name": definition.name,
        "name_en": definition.name_en,
        "nodes": [_lean(asdict(each)) for each in definition.nodes.values()],
        "flows": [_lean(asdict(each)) for each in definition.flows.values()],
        "scopes": {scope: list(nodes) for scope, nodes in definition.scopes.items()},
    }


def definition_from_json(stored: Mapping[str, Any]) -> Definition:
    """What `definition_as_json` gave."""
    nodes = {each["id"]: _node(each) for each in stored["nodes"]}
    boundaries: dict[str, list[str]] = {}
    for node in nodes.values():
        if node.attached:
            boundaries.setdefault(node.attached, []).append(node.id)
    return Definition(
        stored["id"],
        stored["name"],
        stored["name_en"],
        nodes,
        {each["id"]: Flow(**each) for each in stored["flows"]},
        {scope: tuple(each) for scope, each in stored["scopes"].items()},
        {activity: tuple(each) for activity, each in boundaries.items()},
    )


def _lean(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _lean(each)
            for key, each in value.items()
            if each is not None and each != "" and each != () and each != frozenset()
        }
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, list | tuple):
        return [_lean(each) for each in value]
    return value


def _node(stored: Mapping[str, Any]) -> Node:
    made = dict(stored)
    for name in ("incoming", "outgoing"):
        made[name] = tuple(made.get(name, ()))
    if timer := made.get("timer"):
        made["timer"] = Timer(**timer)
    if loop := made.get("loop"):
        made["loop"] = Loop(**loop)
    if (step := made.get("step")) is not None:
        made["step"] = _step(step)
    return Node(**made)


def _step(stored: Mapping[str, Any]) -> Step:
    return Step(
        performers=tuple(Performer(**each) for each in stored.get("performers", ())),
        sign=Sign(**stored.get("sign", {})),
        deadline=Deadline(**stored["deadline"]) if "deadline" in stored else None,
        escalation=Escalation(**stored["escalation"]) if "escalation" in stored else None,
        fields=tuple(FieldAccess(**each) for each in stored.get("fields", ())),
        denied=frozenset(stored.get("denied", ())),
        granted=frozenset(stored.get("granted", ())),
        outcomes=tuple(Outcome(**each) for each in stored.get("outcomes", ())),
        copies=tuple(Performer(**each) for each in stored.get("copies", ())),
    )
