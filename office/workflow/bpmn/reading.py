"""From the bytes of a drawing to a `Definition`: only BPMN and our own extension are understood.

What other tools add is left out; where it would act (scripts, listeners, expressions of their engines) the
drawing is refused, because it would not do here what it does there. ADR 0022 has the table of elements.
"""

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from office.workflow.bpmn import extension, foreign, limits, xml
from office.workflow.bpmn.attributes import identifier, is_true, label
from office.workflow.bpmn.elements import (
    BPMN,
    KINDS,
    REFUSED,
    SERVICES,
    TB,
    Definition,
    Flow,
    Node,
)
from office.workflow.bpmn.events import EventReader
from office.workflow.bpmn.expressions import plain
from office.workflow.bpmn.findings import Findings
from office.workflow.bpmn.repeats import loop_of

# Parts of a process that only describe: they change nothing of what runs.
_DESCRIBES = frozenset(
    (  # noqa: SIM905
        "documentation extensionElements laneSet dataObject dataObjectReference dataStoreReference "
        "textAnnotation association group ioSpecification ioBinding property auditing monitoring resourceRole "
        "performer potentialOwner humanPerformer correlationSubscription supports incoming outgoing "
        "dataInputAssociation dataOutputAssociation artifact rendering multiInstanceLoopCharacteristics "
        "standardLoopCharacteristics supportedInterfaceRef dataInput dataOutput inputSet outputSet dataStore "
        "messageFlow message signal error escalation itemDefinition category"
    ).split()
)


def read(content: bytes, findings: Findings) -> Definition | None:
    """Read a drawing; None if there is no process that could run. Never raises: faults become findings."""
    try:
        root = xml.parse(content)
    except xml.Unreadable as error:
        findings.error("", "", error.code, **error.params)
        return None
    if xml.split(root.tag) != (BPMN, "definitions"):
        findings.error("", "", "not_bpmn")
        return None
    process = _choose(root, findings)
    return _Reader(root, process, findings).read() if process is not None else None


def _choose(root: etree._Element, findings: Findings) -> etree._Element | None:
    """The process that runs: the only one with content, or the only one of them marked executable."""
    drawn = [each for each in xml.children(root, BPMN, "process") if next(_nodes(each), None) is not None]
    if not drawn:
        findings.error("", "", "no_process")
        return None
    marked = [each for each in drawn if each.get("isExecutable", "").strip() in ("true", "1")]
    chosen = drawn if len(drawn) == 1 else marked
    if len(chosen) != 1:
        for each in drawn:
            findings.error(
                identifier(each), label(each) or _pool(root, identifier(each)), "several_processes"
            )
        return None
    for each in drawn:
        if each is not chosen[0]:
            name = label(each) or _pool(root, identifier(each))
            findings.warning(identifier(each), name, "other_process")
    return chosen[0]


def _pool(root: etree._Element, process: str) -> str:
    for collaboration in xml.children(root, BPMN, "collaboration"):
        for each in xml.children(collaboration, BPMN, "participant"):
            if xml.split(each.get("processRef", ""))[1].rpartition(":")[2] == process:
                return label(each)
    return ""


def _nodes(scope: etree._Element) -> Iterator[etree._Element]:
    for each in xml.children(scope, BPMN):
        local = xml.split(each.tag)[1]
        if local in KINDS or local in REFUSED:
            yield each


class _Reader:
    def __init__(self, root: etree._Element, process: etree._Element, findings: Findings) -> None:
        self.root = root
        self.process = process
        self.findings = findings
        self.nodes: dict[str, Node] = {}
        self.flows: dict[str, Flow] = {}
        self.scopes: dict[str, list[str]] = {}
        self.boundaries: dict[str, list[str]] = {}
        self.events = EventReader(root, findings)
        self.labels = {identifier(each): label(each) for each in process.iter() if each.get("name")}
        self.seen: dict[str, str] = {}
        self.lanes: dict[str, str] = {}
        self.unnamed = 0

    def read(self) -> Definition | None:
        process = identifier(self.process)
        name = label(self.process) or _pool(self.root, process)
        if not process:
            self.findings.error("", name, "no_id", kind="process")
            return None
        count = sum(1 for each in self.process.iter() if xml.split(each.tag) in _COUNTED)
        if count > limits.NODES:
            self.findings.error(process, name, "too_many", count=count, limit=limits.NODES)
            return None
        foreign.check_additions(self.process, process, name, self.findings)
        for lane in self.process.iter(f"{{{BPMN}}}lane"):
            for ref in xml.children(lane, BPMN, "flowNodeRef"):
                self.lanes[xml.text_of(ref)] = label(lane) or self.lanes.get(xml.text_of(ref), "")
        self._identify(self.process, process)
        pending = [(self.process, process)]
        while pending:
            element, scope = pending.pop()
            self.scopes[scope] = []
            for each in xml.children(element, BPMN):
                if inner := self._part(each, scope):
                    pending.append((each, inner))
        if len(self.flows) > limits.FLOWS:
            self.findings.error(process, name, "too_many_flows", count=len(self.flows), limit=limits.FLOWS)
            return None
        self._connect()
        return Definition(
            process,
            name,
            self._english(self.process),
            self.nodes,
            self.flows,
            {scope: tuple(found) for scope, found in self.scopes.items()},
            {activity: tuple(found) for activity, found in self.boundaries.items()},
        )

    # ----- parts

    def _part(self, element: etree._Element, scope: str) -> str:
        """Read one child of a scope; the id of the scope that it opens, if it does."""
        local = xml.split(element.tag)[1]
        if local == "sequenceFlow":
            self._flow(element, scope)
        elif local in REFUSED:
            self._refused(element, local, scope)
        elif local in KINDS:
            return self._node(element, local, scope)
        elif local not in _DESCRIBES and not local.endswith("EventDefinition"):
            self.seen.setdefault(identifier(element), label(element))
            self.findings.error(identifier(element), label(element), "unknown", kind=local)
        return ""

    def _refused(self, element: etree._Element, kind: str, scope: str) -> None:
        """What is not run. Something stands in its place, so that what is around it is no second fault."""
        node, name = identifier(element), label(element)
        self.findings.error(node, name, REFUSED[kind])
        if self._identify(element, node):
            inner = kind in ("adHocSubProcess", "transaction")
            self.nodes[node] = Node(node, "subProcess" if inner else "manualTask", scope, name)
            self.scopes[scope].append(node)

    def _identify(self, element: etree._Element, node: str) -> bool:
        kind = xml.split(element.tag)[1]
        if not node:
            self.findings.error("", label(element), "no_id", kind=kind)
            return False
        if len(node) > limits.ID_LENGTH:
            self.findings.error(node[:40], label(element), "long_id", limit=limits.ID_LENGTH)
            return False
        if node in self.seen:
            self.findings.error(node, label(element), "duplicate_id", other=self.seen[node] or node)
            return False
        self.seen[node] = label(element)
        return True

    def _english(self, element: etree._Element) -> str:
        return " ".join(element.get(f"{{{TB}}}nameEn", "").split())[: limits.NAME_LENGTH]

    def _node(self, element: etree._Element, kind: str, scope: str) -> str:
        node = identifier(element)
        name = label(element)
        if not self._identify(element, node):
            return ""
        if is_true(element, "isForCompensation"):
            self.findings.error(node, name, "compensation")
            return ""
        foreign.check_scripts(element, node, name, self.findings)
        self._unlike(element, kind, node, name)
        made = Node(
            node,
            kind,
            scope,
            name,
            self._english(element),
            default=element.get("default", "").strip(),
            lane=self.lanes.get(node, ""),
            note=xml.text_of(xml.child(element, BPMN, "documentation"))[:1000],
            loop=loop_of(element, kind, node, name, self.findings),
        )
        if kind == "userTask":
            step = extension.StepReader(element, node, name, self.findings).read()
            repeats = xml.child(element, BPMN, "multiInstanceLoopCharacteristics")
            if repeats is not None and made.loop is None:
                order = "sequence" if is_true(repeats, "isSequential") else "parallel"
                rule = "share" if step.sign.rule == "share" else "all"
                step = replace(step, sign=replace(step.sign, rule=rule, order=order))
            made = replace(made, step=step)
        elif kind in SERVICES:
            named = [each for each in extension.ours(element) if xml.split(each.tag)[1] == "service"]
            made = replace(made, service=named[0].get("name", "").strip() if named else "")
        elif kind == "callActivity":
            called = element.get("calledElement", "").strip()
            made = replace(made, called=called.rpartition(":")[2])
        elif kind == "subProcess" and is_true(element, "triggeredByEvent"):
            self.findings.error(node, name, "event_sub_process")
            return ""
        elif kind in ("sendTask", "receiveTask"):
            made = replace(made, event="message", message=self.events.referred(element, "messageRef"))
        elif kind.endswith("Event"):
            made = self.events.read(element, made)
        self.nodes[node] = made
        self.scopes[scope].append(node)
        if made.attached:
            self.boundaries.setdefault(made.attached, []).append(node)
        return node if kind == "subProcess" else ""

    def _unlike(self, element: etree._Element, kind: str, node: str, name: str) -> None:
        """Refuse what would make an element that runs here run in another way."""
        for attribute in ("startQuantity", "completionQuantity"):
            if element.get(attribute, "1").strip() != "1":
                self.findings.error(node, name, "quantity", what=f"{attribute}={element.get(attribute)}"[:60])
        if kind == "eventBasedGateway" and element.get("eventGatewayType", "").strip() == "Parallel":
            self.findings.error(node, name, "event_gateway_all")

    def _flow_name(self, element: etree._Element) -> str:
        """A flow as people know it: its own name, else what it connects."""
        return label(element) or self._ends(element.get("sourceRef", ""), element.get("targetRef", ""))

    def _ends(self, *ends: str) -> str:
        return " → ".join(self.labels.get(each.strip(), "") or each.strip() for each in ends)

    def _flow(self, element: etree._Element, scope: str) -> None:
        flow = identifier(element)
        # One whose id is taken still connects: what is behind it is no second fault.
        if not flow or not self._identify(element, flow):
            self.unnamed += 1
            flow = f"~flow{self.unnamed}"
        condition = xml.child(element, BPMN, "conditionExpression")
        text = xml.text_of(condition)
        if condition is not None:
            foreign.check_scripts(condition, flow, self._flow_name(element), self.findings)
        made = Flow(
            flow,
            scope,
            element.get("sourceRef", "").strip(),
            element.get("targetRef", "").strip(),
            label(element),
            self._english(element),
            plain(text) if len(text) <= limits.EXPRESSION_LENGTH else text,
        )
        self.flows[flow] = made

    # ----- connecting

    def _connect(self) -> None:
        incoming: dict[str, list[str]] = {each: [] for each in self.nodes}
        outgoing: dict[str, list[str]] = {each: [] for each in self.nodes}
        for flow in list(self.flows.values()):
            ends = [self.nodes.get(flow.source), self.nodes.get(flow.target)]
            source, target = ends
            if source is None or target is None or source.scope != target.scope:
                # A flow to something that was refused is no second fault.
                if not ({flow.source, flow.target} - set(self.nodes)) & set(self.seen) or None not in ends:
                    self.findings.error(
                        flow.id, flow.name or self._ends(flow.source, flow.target), "flow_ends"
                    )
                del self.flows[flow.id]
                continue
            if flow.scope != source.scope:
                # Some tools write the flows of a sub-process outside it.
                self.flows[flow.id] = replace(flow, scope=source.scope)
            outgoing[flow.source].append(flow.id)
            incoming[flow.target].append(flow.id)
        for node in list(self.nodes.values()):
            self.nodes[node.id] = replace(
                node, incoming=tuple(incoming[node.id]), outgoing=tuple(outgoing[node.id])
            )


_COUNTED = frozenset((BPMN, each) for each in (*KINDS, *REFUSED))
