"""From the bytes of a drawing to a `Definition`: only BPMN and our own extension are understood.

What other tools add is left out; where it would act (scripts, listeners, expressions of their engines) the
drawing is refused, because it would not do here what it does there. ADR 0022 has the table of elements.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from office.workflow.bpmn import extension, limits, xml
from office.workflow.bpmn.elements import (
    BPMN,
    BPMNDI,
    DC,
    DI,
    KINDS,
    REFUSED,
    SERVICES,
    TB,
    XSI,
    Definition,
    Flow,
    Loop,
    Node,
    Timer,
)
from office.workflow.bpmn.expressions import plain
from office.workflow.bpmn.findings import Findings

_KNOWN = frozenset((BPMN, BPMNDI, DC, DI, XSI, TB, "", "http://www.w3.org/XML/1998/namespace"))
_ACTS = re.compile(
    r"(?i)(?<!de)script|listener|delegate|^(class|expression|onentry|onexit|action|javaclass)$|expression$"
)
# Bridges to other systems; elsewhere the word means a line of a drawing.
_ENGINES = re.compile(r"(?i)camunda|activiti|flowable|zeebe")
_SCRIPTS = re.compile(r"(?i)script|groovy|python|ruby|java\b|jruby|mvel|ognl|juel-script")
# Parts of a process that only describe: they change nothing of what runs.
_DESCRIBES = frozenset(
    (  # noqa: SIM905
        "documentation extensionElements laneSet dataObject dataObjectReference dataStoreReference "
        "textAnnotation association group ioSpecification ioBinding property auditing monitoring resourceRole "
        "performer potentialOwner humanPerformer correlationSubscription supports incoming outgoing "
        "dataInputAssociation dataOutputAssociation artifact rendering multiInstanceLoopCharacteristics "
        "standardLoopCharacteristics"
    ).split()
)
_EVENTS = {
    "timerEventDefinition": "timer",
    "messageEventDefinition": "message",
    "terminateEventDefinition": "terminate",
    "errorEventDefinition": "error",
    "escalationEventDefinition": "escalation",
    "linkEventDefinition": "link",
    "signalEventDefinition": "signal",
    "conditionalEventDefinition": "conditional",
    "compensateEventDefinition": "compensate",
    "cancelEventDefinition": "cancel",
}


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


def label(element: etree._Element) -> str:
    """The name on an element, in one line."""
    return " ".join(element.get("name", "").split())[: limits.NAME_LENGTH]


def identifier(element: etree._Element) -> str:
    """The id of an element."""
    return element.get("id", "").strip()


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
        self.names = {
            identifier(each): each
            for each in xml.children(root, BPMN, "message", "error", "escalation", "signal")
        }
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
        self._foreign(self.process, process, name)
        for lane in self.process.iter(f"{{{BPMN}}}lane"):
            for ref in xml.children(lane, BPMN, "flowNodeRef"):
                self.lanes[xml.text_of(ref)] = label(lane)
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
            self.findings.error(identifier(element), label(element), REFUSED[local])
        elif local in KINDS:
            return self._node(element, local, scope)
        elif local not in _DESCRIBES:
            self.findings.error(identifier(element), label(element), "unknown", kind=local)
        return ""

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
        self._scripts(element, node, name)
        made = Node(
            node,
            kind,
            scope,
            name,
            self._english(element),
            default=element.get("default", "").strip(),
            lane=self.lanes.get(node, ""),
            note=xml.text_of(xml.child(element, BPMN, "documentation"))[:1000],
            loop=self._loop(element, kind, node, name),
        )
        if kind == "userTask":
            step = extension.StepReader(element, node, name, self.findings).read()
            repeats = xml.child(element, BPMN, "multiInstanceLoopCharacteristics")
            if repeats is not None and made.loop is None:
                order = "sequence" if _true(repeats, "isSequential") else "parallel"
                rule = "share" if step.sign.rule == "share" else "all"
                step = replace(step, sign=replace(step.sign, rule=rule, order=order))
            made = replace(made, step=step)
        elif kind in SERVICES:
            named = [each for each in extension.ours(element) if xml.split(each.tag)[1] == "service"]
            made = replace(made, service=named[0].get("name", "").strip() if named else "")
        elif kind == "callActivity":
            called = element.get("calledElement", "").strip()
            made = replace(made, called=called.rpartition(":")[2])
        elif kind == "subProcess" and _true(element, "triggeredByEvent"):
            self.findings.error(node, name, "event_sub_process")
            return ""
        elif kind in ("sendTask", "receiveTask"):
            made = replace(made, event="message", message=self._referred(element, "messageRef"))
        elif kind.endswith("Event"):
            made = self._event(element, made)
        self.nodes[node] = made
        self.scopes[scope].append(node)
        if made.attached:
            self.boundaries.setdefault(made.attached, []).append(node)
        return node if kind == "subProcess" else ""

    def _event(self, element: etree._Element, node: Node) -> Node:
        definitions = [
            each for each in xml.children(element, BPMN) if xml.split(each.tag)[1].endswith("EventDefinition")
        ]
        referred = list(xml.children(element, BPMN, "eventDefinitionRef"))
        if len(definitions) + len(referred) > 1 or (referred and not definitions):
            self.findings.error(node.id, node.name, "event_kind", kind="multiple")
            return node
        if node.kind == "boundaryEvent":
            node = replace(
                node,
                attached=element.get("attachedToRef", "").strip(),
                interrupting=element.get("cancelActivity", "true").strip() not in ("false", "0"),
            )
        if not definitions:
            return node
        event = _EVENTS.get(xml.split(definitions[0].tag)[1], "")
        node = replace(node, event=event or "unknown")
        if event == "timer":
            return replace(node, timer=self._timer(element, definitions[0], node))
        if event in ("message", "error", "escalation"):
            attribute = {"message": "messageRef", "error": "errorRef", "escalation": "escalationRef"}[event]
            return replace(node, message=self._referred(definitions[0], attribute))
        if event == "link":
            return replace(node, message=label(definitions[0]) or node.name)
        return node

    def _referred(self, element: etree._Element, attribute: str) -> str:
        """What a message, an error or an escalation is called; without a reference the element's own name."""
        ref = element.get(attribute, "").strip()
        found = self.names.get(ref)
        if found is None:
            found = self.names.get(ref.rpartition(":")[2])
        if found is None:
            return "" if ref else label(element) or label(element.getparent())
        return found.get("errorCode") or found.get("escalationCode") or label(found) or identifier(found)

    def _timer(self, element: etree._Element, definition: etree._Element, node: Node) -> Timer | None:
        waits = [
            each
            for holder in (definition, element)
            for each in extension.ours(holder)
            if xml.split(each.tag)[1] == "wait"
        ]
        if waits:
            amount = extension.amount_of(waits[0], "amount")
            if amount is None:
                self.findings.error(node.id, node.name, "amount", text=waits[0].get("amount", "")[:40])
                return None
            return Timer("wait", "", *amount)
        for local, kind in (("timeDate", "date"), ("timeDuration", "duration"), ("timeCycle", "cycle")):
            if (found := xml.child(definition, BPMN, local)) is not None:
                text = xml.text_of(found)
                if kind != "date" and len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
                    text = text[1:-1]
                return Timer(kind, text)  # type: ignore[arg-type]
        self.findings.error(node.id, node.name, "timer_empty")
        return None

    def _loop(self, element: etree._Element, kind: str, node: str, name: str) -> Loop | None:
        if xml.child(element, BPMN, "standardLoopCharacteristics") is not None:
            self.findings.error(node, name, "standard_loop")
            return None
        repeats = xml.child(element, BPMN, "multiInstanceLoopCharacteristics")
        if repeats is None:
            return None
        self._scripts(repeats, node, name)
        collection = xml.text_of(xml.child(repeats, BPMN, "loopDataInputRef"))
        collection = repeats.get(f"{{{TB}}}collection", "").strip() or collection
        if not collection:
            if kind != "userTask":
                self.findings.error(node, name, "loop_collection")
            elif xml.child(repeats, BPMN, "loopCardinality") is not None:
                self.findings.warning(node, name, "loop_cardinality")
            return None
        item = repeats.get(f"{{{TB}}}item", "").strip()
        named = xml.child(repeats, BPMN, "inputDataItem")
        if not item and named is not None:
            item = label(named) or identifier(named)
        until = xml.text_of(xml.child(repeats, BPMN, "completionCondition"))
        return Loop(_true(repeats, "isSequential"), collection, item or "item", plain(until))

    def _flow(self, element: etree._Element, scope: str) -> None:
        flow = identifier(element)
        if flow and not self._identify(element, flow):
            return
        if not flow:
            self.unnamed += 1
            flow = f"~flow{self.unnamed}"
        condition = xml.child(element, BPMN, "conditionExpression")
        text = xml.text_of(condition)
        if condition is not None:
            self._scripts(condition, flow, label(element))
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

    # ----- what acts in other engines

    def _scripts(self, element: etree._Element, node: str, name: str) -> None:
        for holder in (element, *xml.children(element, BPMN)):
            if _SCRIPTS.search(holder.get("scriptFormat", "")) or _SCRIPTS.search(holder.get("language", "")):
                self.findings.error(node, name, "script")
        if next(element.iter(f"{{{BPMN}}}script"), None) is not None:
            self.findings.error(node, name, "script")

    def _foreign(self, element: etree._Element, node: str, name: str) -> None:
        """Refuse what would act in another engine; warn once that other things of other tools are left out."""
        dropped: set[str] = set()
        stack = [(element, node, name)]
        while stack:
            each, node, name = stack.pop()
            space, local = xml.split(each.tag)
            if space == BPMN and each.get("id") and local not in ("extensionElements",) and _own(local):
                node, name = identifier(each), label(each)
            if space not in _KNOWN:
                dropped.add(space)
                if _ACTS.search(local) or (local == "connector" and _ENGINES.search(space)):
                    self.findings.error(node, name, "foreign_acts", what=local)
                elif _formula(each.text):
                    self.findings.error(node, name, "foreign_expression", what=local)
            for key, value in each.attrib.items():
                where, attribute = xml.split(key)
                inside = where or (space if space not in _KNOWN else "")
                if inside in _KNOWN:
                    continue
                dropped.add(inside)
                if where and _ACTS.search(attribute):
                    self.findings.error(node, name, "foreign_acts", what=attribute)
                elif _formula(str(value)):
                    self.findings.error(node, name, "foreign_expression", what=attribute)
            stack.extend((child, node, name) for child in each)
        if dropped:
            self.findings.warning(
                identifier(self.process),
                label(self.process),
                "foreign",
                what=", ".join(sorted(dropped))[:200],
            )

    # ----- connecting

    def _connect(self) -> None:
        incoming: dict[str, list[str]] = {each: [] for each in self.nodes}
        outgoing: dict[str, list[str]] = {each: [] for each in self.nodes}
        for flow in list(self.flows.values()):
            ends = [self.nodes.get(flow.source), self.nodes.get(flow.target)]
            if None in ends or any(each.scope != flow.scope for each in ends if each):
                # A flow to something that was refused is no second fault.
                if not ({flow.source, flow.target} - set(self.nodes)) & set(self.seen) or None not in ends:
                    self.findings.error(flow.id, flow.name, "flow_ends")
                del self.flows[flow.id]
                continue
            outgoing[flow.source].append(flow.id)
            incoming[flow.target].append(flow.id)
        for node in list(self.nodes.values()):
            self.nodes[node.id] = replace(
                node, incoming=tuple(incoming[node.id]), outgoing=tuple(outgoing[node.id])
            )


_COUNTED = frozenset((BPMN, each) for each in (*KINDS, *REFUSED))


def _own(local: str) -> bool:
    return local in KINDS or local in REFUSED or local in ("sequenceFlow", "process", "lane")


def _true(element: etree._Element, attribute: str) -> bool:
    return element.get(attribute, "").strip() in ("true", "1")


def _formula(text: str | None) -> bool:
    text = (text or "").strip()
    return text.startswith(("${", "#{")) or (text.startswith("=") and len(text) > 1 and text[1] != "=")
