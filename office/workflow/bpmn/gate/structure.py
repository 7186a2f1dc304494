"""The drawing as a whole: can everything be reached, does everything end, does every loop wait?"""

from collections.abc import Mapping

from office.workflow.bpmn.elements import Definition, Node
from office.workflow.bpmn.findings import Findings
from office.workflow.bpmn.gate.graph import Graph, cycles, graph, reach, reversed_graph

_WAITING = frozenset(("userTask", "receiveTask", "eventBasedGateway"))


def check_structure(
    definition: Definition, findings: Findings, processes: Mapping[str, Definition | None]
) -> bool:
    """Check each scope. True if tokens may be played on it: what is broken would only give more words."""
    sound = True
    for scope in definition.scopes:
        sound = _Scope(definition, scope, findings, processes).check() and sound
    return sound


class _Scope:
    def __init__(
        self,
        definition: Definition,
        scope: str,
        findings: Findings,
        processes: Mapping[str, Definition | None],
    ) -> None:
        self.definition = definition
        self.scope = scope
        self.findings = findings
        self.processes = processes
        self.nodes = [definition.nodes[each] for each in definition.scopes[scope]]
        self.following = graph(definition, scope)
        inner = definition.nodes.get(scope)
        self.name = inner.name if inner else definition.name

    def check(self) -> bool:
        """Everything about this scope; False if it is broken."""
        starts = [each for each in self.nodes if each.starts_scope]
        ends = [each.id for each in self.nodes if each.kind == "endEvent"]
        if not starts:
            self.findings.error(self.scope, self.name, "no_start")
        for each in starts[1:]:
            self.findings.error(each.id, each.name, "several_starts")
        if not ends:
            self.findings.error(self.scope, self.name, "no_end")
        self._ends()
        broken = not starts or len(starts) > 1 or not ends
        reached = reach(self.following, [each.id for each in starts]) if starts else set(self.following)
        for node in self.nodes:
            if node.id not in reached:
                self.findings.error(node.id, node.name, "unreachable")
                broken = True
        if ends:
            broken = self._ways_out(reached, ends) or broken
        self._waits(reached)
        return not broken

    def _ends(self) -> None:
        for node in self.nodes:
            if node.starts_scope and node.incoming:
                self.findings.error(node.id, node.name, "start_incoming")
            elif node.kind == "endEvent" and node.outgoing:
                self.findings.error(node.id, node.name, "end_outgoing")
            elif not self.following[node.id] and node.kind != "endEvent" and node.event != "compensate":
                self.findings.error(node.id, node.name, "dead_end")

    def _ways_out(self, reached: set[str], ends: list[str]) -> bool:
        ending = reach(reversed_graph(self.following), ends)
        lost = {each for each in reached if each not in ending}
        circles = cycles(self.following, lambda each: each in lost)
        inside: set[str] = set()
        for group in circles:
            node = self._speaker(group)
            self.findings.error(node.id, node.name, "loop_without_exit", path=self._path(group))
            inside.update(group)
        for each in self.nodes:
            # Said once: where the ways part that never come back, not at each step behind.
            dead = each.id in lost and each.id not in inside and self.following[each.id]
            if dead and not circles:
                self.findings.error(each.id, each.name, "no_way_out")
        return bool(lost)

    def _waits(self, reached: set[str]) -> None:
        passing = {each.id for each in self.nodes if each.id in reached and not self._waiting(each, 0)}
        for group in cycles(self.following, lambda each: each in passing):
            node = self._speaker(group)
            self.findings.error(node.id, node.name, "loop_without_wait", path=self._path(group))

    def _waiting(self, node: Node, depth: int) -> bool:
        """Whether a token always rests here for a person, a time or a message."""
        if node.kind in _WAITING or node.kind == "boundaryEvent":
            return True
        if node.kind == "intermediateCatchEvent":
            return node.event != "link"
        if node.kind == "subProcess":
            return _rests(self.definition, node.id, depth, self.processes)
        if node.kind == "callActivity":
            called = self.processes.get(node.called)
            return called is None or _rests(called, called.id, depth + 1, self.processes)
        return False

    def _speaker(self, group: list[str]) -> Node:
        """Whom of a loop to name: a gateway where it could be left."""
        nodes = [self.definition.nodes[each] for each in group]
        return next((each for each in nodes if each.kind.endswith("Gateway")), nodes[0])

    def _path(self, group: list[str]) -> str:
        names = [self.definition.nodes[each].name or each for each in group]
        return " → ".join(names[:6]) + (" …" if len(names) > 6 else "")


def _rests(
    definition: Definition, scope: str, depth: int, processes: Mapping[str, Definition | None]
) -> bool:
    """Whether every way through a scope rests somewhere."""
    if depth > 8 or scope not in definition.scopes:
        return True
    following: Graph = graph(definition, scope)
    waiting = {
        each
        for each in following
        if definition.nodes[each].kind in _WAITING
        or (
            definition.nodes[each].kind == "intermediateCatchEvent" and definition.nodes[each].event != "link"
        )
        or (definition.nodes[each].kind == "subProcess" and _rests(definition, each, depth + 1, processes))
        or definition.nodes[each].kind == "callActivity"
    }
    open_ways = {
        each: [target for target in targets if target not in waiting]
        for each, targets in following.items()
        if each not in waiting
    }
    starts = [each for each in following if definition.nodes[each].starts_scope]
    return not any(definition.nodes[each].kind == "endEvent" for each in reach(open_ways, starts))
