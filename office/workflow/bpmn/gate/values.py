"""Conditions, times and collections: are they understood, does every name exist?"""

from collections.abc import Collection, Mapping

from office.workflow.bpmn.elements import Definition, Node, count_name, outcome_name
from office.workflow.bpmn.expressions import Expression, ExpressionError, parse
from office.workflow.bpmn.findings import Findings

# What the application puts beside the fields of the form.
BUILT_IN = frozenset(("outcome", "starter", "starter_rank", "starter_department", "starter_post", "days"))
LISTS = ("list", "persons", "departments")


def check_values(
    definition: Definition,
    findings: Findings,
    *,
    fields: Mapping[str, str] | None,
    variables: Collection[str],
) -> None:
    """Check conditions of flows, of loops, and times that are variables."""
    given = None if fields is None else set(fields) | set(variables) | made_names(definition)
    items = _items(definition)
    for flow in definition.flows.values():
        source = definition.nodes[flow.source]
        if flow.condition and (source.kind in ("exclusiveGateway", "inclusiveGateway") or source.is_activity):
            name = flow.name or source.name or definition.nodes[flow.target].name
            _condition(flow.id, name, flow.condition, _names(definition, given, items, source), findings)
    for node in definition.nodes.values():
        if node.timer is not None and node.timer.kind == "date" and not node.timer.text[:1].isdigit():
            _condition(node.id, node.name, node.timer.text, _names(definition, given, items, node), findings)
        if node.loop is not None:
            _loop(definition, node, given, fields, items, findings)


def made_names(definition: Definition) -> set[str]:
    """The variables that the steps of a process make: how they ended, how many items ended how."""
    names = set()
    for node in definition.nodes.values():
        if node.kind == "userTask":
            names.add(outcome_name(node.id))
        if node.loop is not None:
            inner = (
                [node]
                if node.step
                else [definition.nodes[each] for each in definition.scopes.get(node.id, ())]
            )
            values = {each.value for step in inner if step.step for each in step.step.outcomes}
            names |= {count_name(node.id), *(count_name(node.id, value) for value in values)}
    return names


def _items(definition: Definition) -> dict[str, str]:
    return {each.id: each.loop.item for each in definition.nodes.values() if each.loop is not None}


def _names(
    definition: Definition, given: set[str] | None, items: Mapping[str, str], node: Node
) -> set[str] | None:
    """The names that exist at a node: the item of a loop only inside it."""
    if given is None:
        return None
    found = set(given)
    scope = node.scope
    while scope in definition.nodes:
        if scope in items:
            found.add(items[scope])
        scope = definition.nodes[scope].scope
    return found


def _condition(
    element: str, name: str, text: str, names: set[str] | None, findings: Findings
) -> Expression | None:
    try:
        expression = parse(text)
    except ExpressionError as error:
        findings.error(element, name, error.code, **error.params)
        return None
    if names is not None:
        for each in sorted(expression.names - names):
            findings.error(element, name, "expression_name", name=each)
    return expression


def _loop(
    definition: Definition,
    node: Node,
    given: set[str] | None,
    fields: Mapping[str, str] | None,
    items: Mapping[str, str],
    findings: Findings,
) -> None:
    loop = node.loop
    assert loop is not None
    for name in (loop.collection, loop.item):
        if not name.isidentifier() or name.startswith("__"):
            findings.error(node.id, node.name, "name_invalid", name=name[:60])
    if fields is not None and given is not None:
        unknown = loop.collection not in given
        if unknown or fields.get(loop.collection, "list") not in LISTS:
            findings.error(node.id, node.name, "collection_name", name=loop.collection[:60])
    if loop.until:
        names = _names(definition, given, items, node)
        _condition(node.id, node.name, loop.until, names and names | {loop.item}, findings)
