"""The drawing of a process with what went over it: how often each flow was taken, how long each step took.

What is known is from step to step; between two of them lie gateways and events. The shortest way through these is taken
to be the one that was gone.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from math import ceil

from django.utils.safestring import SafeString

from office.workflow.bpmn.elements import SERVICES, Definition
from office.workflow.bpmn.gate.graph import links
from office.workflow.bpmn.layout import Picture
from office.workflow.bpmn.svg import svg
from office.workflow.insight.figures import StepFigures, Variants, Way
from office.workflow.insight.words import elapsed_text

LEVELS = 5
# What has rows of its own: no way goes through it unseen.
_STOPS = frozenset(("userTask", "callActivity")) | SERVICES

Edge = tuple[str, str]  # flow ("" for what is no flow), target


def heat(
    definition: Definition,
    picture: Picture | None,
    *,
    ways: Iterable[Way],
    steps: Iterable[StepFigures],
    variants: Variants,
) -> SafeString:
    """The drawing. Classes `is-way-1` to `is-way-5` on flows, `is-slow-1` to `is-slow-5` on steps."""
    taken = flow_counts(definition, ways, variants)
    times = {each.place: each for each in steps if each.place in definition.nodes}
    marks = _levels(taken, "is-way")
    marks |= _levels({place: each.worked.median for place, each in times.items()}, "is-slow")
    notes = {flow: str(count) for flow, count in taken.items() if count}
    notes |= {place: f"{each.count} × {elapsed_text(each.elapsed.median)}" for place, each in times.items()}
    return svg(definition, picture, key="heat", marks=marks, notes=notes)


def flow_counts(definition: Definition, ways: Iterable[Way], variants: Variants) -> dict[str, int]:
    """How often each sequence flow was taken, as far as the steps before and behind it tell."""
    graph = _graph(definition)
    calls = {each.called: each.id for each in definition.nodes.values() if each.kind == "callActivity"}
    taken: dict[str, int] = {}
    begins = [
        each for each in definition.scopes.get(definition.id, ()) if definition.nodes[each].starts_scope
    ]
    ends = frozenset(
        each for each in definition.scopes.get(definition.id, ()) if definition.nodes[each].kind == "endEvent"
    )

    def node(place: str) -> str:
        code, inside, _node = place.partition("/")
        return calls.get(code, "") if inside else place

    def go(source: str, targets: frozenset[str], count: int) -> None:
        for flow in _way(definition, graph, source, targets):
            taken[flow] = taken.get(flow, 0) + count

    for way in ways:
        source, target = node(way.source), node(way.target)
        if target not in definition.nodes or (source and source == target and "/" in way.source):
            continue
        for each in [source] if source else begins:
            if each in definition.nodes:
                go(each, frozenset((target,)), way.count)
    for variant in variants.rows:
        last = node(variant.path[-1]) if variant.path else (begins or [""])[0]
        if last in definition.nodes:
            go(last, ends, variant.count)
    return taken


def _graph(definition: Definition) -> dict[str, list[Edge]]:
    following: dict[str, list[Edge]] = {each: [] for each in definition.nodes}
    for flow in definition.flows.values():
        following[flow.source].append((flow.id, flow.target))
    for activity, events in definition.boundaries.items():
        following[activity] += [("", each) for each in events]
    for scope, inside in definition.scopes.items():
        for source, target in links(definition, scope).items():
            following[source].append(("", target))
        if scope in definition.nodes:
            out = following[scope]
            following[scope] = [("", each) for each in inside if definition.nodes[each].starts_scope]
            following[scope] += [("", each) for each in definition.boundaries.get(scope, ())]
            for each in inside:
                if definition.nodes[each].kind == "endEvent":
                    following[each] += [edge for edge in out if edge[0]]
    return following


def _way(
    definition: Definition, graph: Mapping[str, list[Edge]], source: str, targets: frozenset[str]
) -> list[str]:
    """The flows on the shortest way to one of the targets that passes no other step; nothing if there is none."""
    came: dict[str, tuple[str, str]] = {}
    waiting = deque([source])
    seen: set[str] = set()
    while waiting:
        here = waiting.popleft()
        for flow, there in graph[here]:
            if there in seen:
                continue
            seen.add(there)
            came[there] = (here, flow)
            if there in targets:
                return _back(came, source, there)
            if definition.nodes[there].kind not in _STOPS:
                waiting.append(there)
    return []


def _back(came: Mapping[str, tuple[str, str]], source: str, target: str) -> list[str]:
    flows, here = [], target
    while True:
        here, flow = came[here]
        if flow:
            flows.append(flow)
        if here == source:
            return flows


def _levels(amounts: Mapping[str, float], name: str) -> dict[str, str]:
    most = max(amounts.values(), default=0)
    if most <= 0:
        return {}
    return {
        key: f"{name}-{max(1, ceil(LEVELS * amount / most))}" for key, amount in amounts.items() if amount > 0
    }
