"""Each element by itself: is it of a kind that runs, is everything there that it needs?"""

from office.workflow.bpmn.elements import ACTIVITIES, Definition, Flow, Node, outcome_name
from office.workflow.bpmn.findings import Findings
from office.workflow.bpmn.gate.graph import constant, links
from office.workflow.bpmn.times import cycle, duration, instant

# Which events may be where. Errors and escalations come out of sub-processes and calls alone.
_EVENTS = {
    "startEvent": ("",),
    "endEvent": ("", "terminate", "message", "error", "escalation"),
    "intermediateCatchEvent": ("timer", "message", "link"),
    "intermediateThrowEvent": ("", "message", "escalation", "link"),
    "boundaryEvent": ("timer", "message", "error", "escalation"),
}


def check_parts(definition: Definition, findings: Findings) -> None:
    """Check every node and flow for itself."""
    names: dict[str, str] = {}
    for node in definition.nodes.values():
        _events(definition, node, findings)
        _flows(definition, node, findings)
        if node.kind in ("userTask", "subProcess", "callActivity"):
            name = outcome_name(node.id)
            if names.setdefault(name, node.id) != node.id:
                findings.error(node.id, node.name, "name_clash", name=name)
        if node.kind == "task":
            findings.warning(node.id, node.name, "passes")
        if node.event == "error" and node.kind == "endEvent" and not _caught(definition, node):
            findings.warning(node.id, node.name, "error_uncaught")
        if (node.event == "message" or node.kind in ("sendTask", "receiveTask")) and not node.message:
            findings.error(node.id, node.name, "message_missing")
    for scope in definition.scopes:
        _links(definition, scope, findings)


def _events(definition: Definition, node: Node, findings: Findings) -> None:
    allowed = _EVENTS.get(node.kind)
    if allowed is not None and node.event not in allowed:
        if node.kind == "startEvent":
            findings.error(node.id, node.name, "start_kind")
        elif node.event:
            findings.error(node.id, node.name, "event_kind", kind=node.event)
        else:
            findings.error(node.id, node.name, "event_empty")
    if node.kind == "boundaryEvent":
        host = definition.nodes.get(node.attached)
        if host is None or host.scope != node.scope or host.kind not in ACTIVITIES:
            findings.error(node.id, node.name, "boundary_host")
        elif node.event in ("error", "escalation") and host.kind not in ("subProcess", "callActivity"):
            findings.error(node.id, node.name, "boundary_kind")
        if node.incoming:
            findings.error(node.id, node.name, "boundary_host")
    if node.event == "timer" and node.timer is not None and node.kind != "startEvent":
        _timer(node, findings)


def _timer(node: Node, findings: Findings) -> None:
    timer = node.timer
    assert timer is not None
    try:
        if timer.kind == "duration":
            duration(timer.text)
        elif timer.kind == "cycle":
            cycle(timer.text)
            if node.kind != "boundaryEvent" or node.interrupting:
                findings.error(node.id, node.name, "timer_cycle")
        elif timer.kind == "date" and timer.text[:1].isdigit():
            instant(timer.text)
        elif timer.kind == "date" and not timer.text:
            findings.error(node.id, node.name, "timer_empty")
    except ValueError:
        findings.error(node.id, node.name, "timer_text", text=timer.text[:60])


def _caught(definition: Definition, node: Node) -> bool:
    """Whether the border of a sub-process around an error catches it; a call of the process may, too."""
    scope = node.scope
    while scope in definition.nodes:
        for each in definition.boundaries.get(scope, ()):
            border = definition.nodes[each]
            if border.event == "error" and border.message in ("", node.message):
                return True
        scope = definition.nodes[scope].scope
    return node.scope not in definition.nodes


def _flows(definition: Definition, node: Node, findings: Findings) -> None:
    flows = definition.outgoing(node.id)
    chooses = node.kind in ("exclusiveGateway", "inclusiveGateway")
    if node.kind != "exclusiveGateway":
        _twice(definition, node, findings)
    if node.default and node.default not in node.outgoing:
        findings.error(node.id, node.name, "default_foreign")
    if chooses and len(flows) > 1:
        for flow in flows:
            if not flow.condition and flow.id != node.default:
                findings.error(flow.id, flow.name or node.name, "flow_condition")
            elif flow.id != node.default and (value := constant(flow.condition)) is not None:
                findings.warning(
                    flow.id, flow.name or node.name, "expression_constant", value=str(value).lower()
                )
        if node.default not in node.outgoing:
            findings.warning(node.id, node.name, "no_default")
    elif flows and not node.default and (chooses or node.is_activity):
        if all(each.condition and constant(each.condition) is not True for each in flows):
            findings.warning(node.id, node.name, "no_default")
    elif not chooses and not node.is_activity:
        for flow in flows:
            if flow.condition:
                findings.error(flow.id, flow.name or node.name, "condition_misplaced")
    if node.kind == "eventBasedGateway":
        targets = [definition.nodes[each.target] for each in flows]
        waits = all(
            each.kind == "receiveTask"
            or (each.kind == "intermediateCatchEvent" and each.event in ("timer", "message"))
            for each in targets
        )
        if len(flows) < 2 or not waits or any(len(each.incoming) != 1 for each in targets):
            findings.error(node.id, node.name, "event_gateway")


def _twice(definition: Definition, node: Node, findings: Findings) -> None:
    """Several flows to one element: a join of the engine tells branches apart by the element they come from."""
    flows: dict[str, list[Flow]] = {}
    for each in definition.outgoing(node.id):
        flows.setdefault(each.target, []).append(each)
    for target, same in flows.items():
        reached = definition.nodes[target]
        if len(same) > 1 and reached.kind in ("parallelGateway", "inclusiveGateway"):
            findings.error(node.id, node.name, "flow_twice", name=reached.name or reached.id)
        elif sum(1 for each in same if not each.condition and each.id != node.default) > 1:
            findings.warning(reached.id, reached.name, "runs_twice")


def _links(definition: Definition, scope: str, findings: Findings) -> None:
    jumps = links(definition, scope)
    inside = [definition.nodes[each] for each in definition.scopes[scope]]
    catching = [each for each in inside if each.event == "link" and each.kind == "intermediateCatchEvent"]
    for node in inside:
        if node.event != "link":
            continue
        same = [each for each in catching if each.message == node.message]
        lost = node.kind == "intermediateThrowEvent" and node.id not in jumps
        unused = node.kind == "intermediateCatchEvent" and node.id not in jumps.values()
        if lost or unused or len(same) > 1:
            findings.error(node.id, node.name, "link_partner", name=node.message)
