"""Who does it: performers, roles, services."""

import uuid
from collections.abc import Collection, Mapping

from office.workflow.bpmn.elements import HEAD_REFS, SERVICES, Definition, Node, Performer
from office.workflow.bpmn.findings import Findings
from office.workflow.bpmn.gate.graph import graph, reach, reversed_graph

PERSON_FIELDS = ("person", "persons")
HEADED_FIELDS = (*PERSON_FIELDS, "department", "departments")


def check_people(
    definition: Definition,
    findings: Findings,
    *,
    fields: Mapping[str, str] | None,
    roles: Collection[str] | None,
    services: Collection[str] | None,
) -> None:
    """Check performers and services of every node."""
    before = _before(definition)
    for node in definition.nodes.values():
        if node.kind in SERVICES:
            if not node.service:
                findings.error(node.id, node.name, "service_missing")
            elif services is not None and node.service not in services:
                findings.error(node.id, node.name, "service_unknown", ref=node.service)
        if node.step is None:
            continue
        if not node.step.performers:
            findings.error(node.id, node.name, "no_performers")
        for each in (*node.step.performers, *node.step.copies):
            _performer(definition, node, each, before, findings, fields, roles)
        _settings(node, findings, fields)


def _settings(node: Node, findings: Findings, fields: Mapping[str, str] | None) -> None:
    step = node.step
    assert step is not None
    for access in step.fields:
        if fields is not None and access.name not in fields:
            findings.error(node.id, node.name, "field_unknown", ref=access.name)
    labels: set[str] = set()
    for outcome in step.outcomes:
        if outcome.label in labels:
            findings.error(node.id, node.name, "outcome_repeated", label=outcome.label)
        labels.add(outcome.label)
    if step.escalation is not None and step.deadline is None:
        findings.error(node.id, node.name, "escalation_alone")
    if step.sign.rule == "share" and len(step.outcomes) < 2:
        findings.error(node.id, node.name, "share_alone")


def _performer(
    definition: Definition,
    node: Node,
    performer: Performer,
    before: Mapping[str, set[str]],
    findings: Findings,
    fields: Mapping[str, str] | None,
    roles: Collection[str] | None,
) -> None:
    ref = performer.ref
    if performer.kind == "former":
        if not _is_step(definition, ref):
            findings.error(node.id, node.name, "former_unknown", ref=ref)
        else:
            _comes_before(definition, node, ref, before, findings)
    elif performer.kind == "head" and ref not in HEAD_REFS:
        if _is_step(definition, ref):
            _comes_before(definition, node, ref, before, findings)
        elif fields is not None and fields.get(ref) not in HEADED_FIELDS and not _is_key(ref):
            findings.error(node.id, node.name, "head_unknown", ref=ref)
    elif performer.kind == "field" and fields is not None:
        if ref not in fields:
            findings.error(node.id, node.name, "field_unknown", ref=ref)
        elif fields[ref] not in PERSON_FIELDS:
            findings.error(node.id, node.name, "field_person", ref=ref)
    elif performer.kind == "role" and roles is not None and ref not in roles:
        findings.error(node.id, node.name, "role_unknown", ref=ref)
    elif performer.kind == "chosen" and not any(
        definition.nodes[each].kind == "userTask" for each in before[node.id]
    ):
        # The starter chooses for the first step: the form of the start is a step, too.
        first = definition.scopes[definition.id]
        if node.id not in first:
            findings.error(node.id, node.name, "chosen_unclear")


def _is_step(definition: Definition, ref: str) -> bool:
    node = definition.nodes.get(ref)
    return node is not None and node.kind == "userTask"


def _is_key(ref: str) -> bool:
    """Whether a department is meant; that it stands is looked up by those who know the bureau."""
    try:
        uuid.UUID(ref)
    except ValueError:
        return False
    return True


def _comes_before(
    definition: Definition, node: Node, ref: str, before: Mapping[str, set[str]], findings: Findings
) -> None:
    if ref not in before[node.id]:
        findings.error(node.id, node.name, "former_later", ref=definition.nodes[ref].name or ref)


def _before(definition: Definition) -> dict[str, set[str]]:
    """What may have happened before each node, across sub-processes."""
    direct: dict[str, set[str]] = {}
    for scope in definition.scopes:
        backwards = reversed_graph(graph(definition, scope))
        for each in definition.scopes[scope]:
            direct[each] = reach(backwards, backwards[each])
    inner = {scope: set(found) for scope, found in definition.scopes.items()}
    for scope in list(inner):
        stack = list(inner[scope])
        while stack:
            each = stack.pop()
            if each in definition.scopes:
                fresh = set(definition.scopes[each]) - inner[scope]
                inner[scope] |= fresh
                stack.extend(fresh)
    result: dict[str, set[str]] = {}
    for node in definition.nodes.values():
        found: set[str] = set()
        place: Node | None = node
        while place is not None:
            found |= direct[place.id]
            place = definition.nodes.get(place.scope)
        for each in list(found):
            found |= inner.get(each, set())
        result[node.id] = found
    return result
