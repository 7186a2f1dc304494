"""The drawing as a graph: what can follow what, within one scope."""

from collections.abc import Callable, Iterable, Mapping

from office.workflow.bpmn.elements import Definition, Flow, Node
from office.workflow.bpmn.expressions import ExpressionError, parse

Graph = dict[str, list[str]]


def constant(condition: str) -> bool | None:
    """The value of a condition that no variable decides; None if one does, or if it is not understood."""
    try:
        return parse(condition).constant if condition else None
    except ExpressionError:
        return None


def open_flows(definition: Definition, node: Node) -> list[Flow]:
    """The flows that can be taken from a node: without those whose condition never holds."""
    flows = definition.outgoing(node.id)
    if node.kind not in ("exclusiveGateway", "inclusiveGateway") and not node.is_activity:
        return flows
    return [each for each in flows if each.id == node.default or constant(each.condition) is not False]


def links(definition: Definition, scope: str) -> dict[str, str]:
    """From each throwing link to the catching one of its name."""
    inside = [definition.nodes[each] for each in definition.scopes[scope]]
    catching = {
        each.message: each.id
        for each in inside
        if each.event == "link" and each.kind == "intermediateCatchEvent"
    }
    return {
        each.id: catching[each.message]
        for each in inside
        if each.event == "link" and each.kind == "intermediateThrowEvent" and each.message in catching
    }


def graph(definition: Definition, scope: str) -> Graph:
    """What can follow each node of a scope: flows, events on borders, links."""
    following: Graph = {}
    jumps = links(definition, scope)
    for each in definition.scopes[scope]:
        node = definition.nodes[each]
        following[each] = [flow.target for flow in open_flows(definition, node)]
        following[each] += definition.boundaries.get(each, ())
        if each in jumps:
            following[each].append(jumps[each])
    return following


def reversed_graph(following: Graph) -> Graph:
    """The same graph backwards."""
    backwards: Graph = {each: [] for each in following}
    for source, targets in following.items():
        for target in targets:
            backwards.setdefault(target, []).append(source)
    return backwards


def reach(following: Mapping[str, Iterable[str]], sources: Iterable[str]) -> set[str]:
    """Everything that can be reached from these nodes, themselves included."""
    seen = set(sources)
    stack = list(seen)
    while stack:
        for each in following.get(stack.pop(), ()):
            if each not in seen:
                seen.add(each)
                stack.append(each)
    return seen


def cycles(following: Graph, keep: Callable[[str], bool] = lambda _: True) -> list[list[str]]:
    """Groups of nodes that can reach one another (strongly connected, after Tarjan, without recursion)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    on_stack: set[str] = set()
    stack: list[str] = []
    groups: list[list[str]] = []
    for root in following:
        if root in index or not keep(root):
            continue
        work = [(root, iter(following[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, rest = work[-1]
            for target in rest:
                if target not in following or not keep(target):
                    continue
                if target not in index:
                    index[target] = low[target] = len(index)
                    stack.append(target)
                    on_stack.add(target)
                    work.append((target, iter(following[target])))
                    break
                if target in on_stack:
                    low[node] = min(low[node], index[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    group = []
                    while True:
                        each = stack.pop()
                        on_stack.discard(each)
                        group.append(each)
                        if each == node:
                            break
                    if len(group) > 1 or node in following[node]:
                        groups.append(group[::-1])
    return groups
