"""A definition as BPMN 2.0 XML with its diagram, as modelling tools read it."""

from lxml import etree

from office.workflow.bpmn import xml
from office.workflow.bpmn.elements import (
    ACTIONS,
    BPMN,
    BPMNDI,
    DC,
    DI,
    GRANTED_ACTIONS,
    TB,
    XSI,
    Definition,
    Flow,
    Node,
    Performer,
    Step,
)
from office.workflow.bpmn.findings import Findings
from office.workflow.bpmn.layout import Picture, layout

_SPACES = {"bpmn": BPMN, "bpmndi": BPMNDI, "dc": DC, "di": DI, "xsi": XSI, "tb": TB}
_EVENTS = {
    "timer": "timerEventDefinition",
    "message": "messageEventDefinition",
    "terminate": "terminateEventDefinition",
    "error": "errorEventDefinition",
    "escalation": "escalationEventDefinition",
    "link": "linkEventDefinition",
}


def write(definition: Definition, picture: Picture | None = None) -> bytes:
    """The XML of a definition; laid out from left to right unless a picture is given."""
    return _Writer(definition).write(picture or layout(definition))


def with_diagram(content: bytes) -> bytes:
    """A drawing without a diagram gets one; everything else in it stays. Others come back as they are.

    Raises ValueError if there is no process that could be read.
    """
    root = xml.parse(content)
    if next(root.iter(f"{{{BPMNDI}}}BPMNShape"), None) is not None:
        return content
    from office.workflow.bpmn.reading import read

    definition = read(content, Findings())
    if definition is None:
        raise ValueError("no process to draw")
    for former in list(xml.children(root, BPMNDI, "BPMNDiagram")):
        root.remove(former)
    root.append(_diagram(definition, layout(definition)))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _tag(space: str, name: str) -> str:
    return f"{{{space}}}{name}"


def _diagram(definition: Definition, picture: Picture) -> etree._Element:
    diagram = etree.Element(_tag(BPMNDI, "BPMNDiagram"), id="diagram", nsmap=_SPACES)
    plane = etree.SubElement(diagram, _tag(BPMNDI, "BPMNPlane"), id="plane", bpmnElement=definition.id)
    for node in definition.nodes.values():
        box = picture.boxes[node.id]
        shape = etree.SubElement(plane, _tag(BPMNDI, "BPMNShape"), id=f"{node.id}-shape", bpmnElement=node.id)
        if node.kind == "subProcess":
            shape.set("isExpanded", "true")
        if node.kind == "exclusiveGateway":
            shape.set("isMarkerVisible", "true")
        etree.SubElement(
            shape, _tag(DC, "Bounds"), x=_n(box.x), y=_n(box.y), width=_n(box.width), height=_n(box.height)
        )
    for flow in definition.flows.values():
        edge = etree.SubElement(
            plane, _tag(BPMNDI, "BPMNEdge"), id=f"{flow.id.lstrip('~')}-edge", bpmnElement=flow.id
        )
        for x, y in picture.lines[flow.id]:
            etree.SubElement(edge, _tag(DI, "waypoint"), x=_n(x), y=_n(y))
    return diagram


def _n(value: float) -> str:
    return str(round(value))


class _Writer:
    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.root = etree.Element(
            _tag(BPMN, "definitions"), nsmap=_SPACES, targetNamespace=TB, id="definitions"
        )
        self.messages: dict[tuple[str, str], str] = {}

    def write(self, picture: Picture) -> bytes:
        definition = self.definition
        process = etree.Element(_tag(BPMN, "process"), id=definition.id, isExecutable="true")
        self._named(process, definition.name, definition.name_en)
        self._scope(process, definition.id)
        for (kind, name), reference in self.messages.items():
            made = etree.SubElement(self.root, _tag(BPMN, kind), id=reference, name=name)
            if kind != "message":
                made.set("errorCode" if kind == "error" else "escalationCode", name)
        self.root.append(process)
        self.root.append(_diagram(definition, picture))
        return etree.tostring(self.root, xml_declaration=True, encoding="UTF-8", pretty_print=True)

    def _named(self, element: etree._Element, name: str, name_en: str) -> None:
        if name:
            element.set("name", name)
        if name_en:
            element.set(_tag(TB, "nameEn"), name_en)

    def _scope(self, parent: etree._Element, scope: str) -> None:
        for each in self.definition.scopes[scope]:
            self._node(parent, self.definition.nodes[each])
        for flow in self.definition.flows.values():
            if flow.scope == scope:
                self._flow(parent, flow)

    def _flow(self, parent: etree._Element, flow: Flow) -> None:
        element = etree.SubElement(
            parent, _tag(BPMN, "sequenceFlow"), id=flow.id, sourceRef=flow.source, targetRef=flow.target
        )
        self._named(element, flow.name, flow.name_en)
        if flow.condition:
            condition = etree.SubElement(element, _tag(BPMN, "conditionExpression"))
            condition.set(_tag(XSI, "type"), "bpmn:tFormalExpression")
            condition.text = flow.condition

    def _node(self, parent: etree._Element, node: Node) -> None:
        element = etree.SubElement(parent, _tag(BPMN, node.kind), id=node.id)
        self._named(element, node.name, node.name_en)
        if node.default:
            element.set("default", node.default)
        if node.called:
            element.set("calledElement", node.called)
        if node.attached:
            element.set("attachedToRef", node.attached)
            element.set("cancelActivity", "true" if node.interrupting else "false")
        if node.note:
            etree.SubElement(element, _tag(BPMN, "documentation")).text = node.note
        extension = etree.Element(_tag(BPMN, "extensionElements"))
        if node.step is not None:
            _step(extension, node.step)
        if node.service:
            etree.SubElement(extension, _tag(TB, "service"), name=node.service)
        if len(extension):
            element.append(extension)
        for direction, flows in (("incoming", node.incoming), ("outgoing", node.outgoing)):
            for flow in flows:
                etree.SubElement(element, _tag(BPMN, direction)).text = flow
        self._event(element, node)
        if node.loop is not None:
            repeats = etree.SubElement(element, _tag(BPMN, "multiInstanceLoopCharacteristics"))
            repeats.set("isSequential", "true" if node.loop.sequential else "false")
            repeats.set(_tag(TB, "collection"), node.loop.collection)
            repeats.set(_tag(TB, "item"), node.loop.item)
            if node.loop.until:
                etree.SubElement(repeats, _tag(BPMN, "completionCondition")).text = node.loop.until
        if node.kind == "subProcess":
            self._scope(element, node.id)

    def _event(self, element: etree._Element, node: Node) -> None:
        if node.kind in ("sendTask", "receiveTask"):
            if node.message:
                element.set("messageRef", self._reference("message", node.message))
            return
        if not node.event:
            return
        made = etree.SubElement(element, _tag(BPMN, _EVENTS[node.event]))
        if node.event in ("message", "error", "escalation") and node.message:
            made.set(f"{node.event}Ref", self._reference(node.event, node.message))
        elif node.event == "link":
            made.set("name", node.message)
        elif node.timer is not None and node.timer.kind == "wait":
            extension = etree.SubElement(made, _tag(BPMN, "extensionElements"))
            wait = etree.SubElement(extension, _tag(TB, "wait"))
            wait.set("amount", str(node.timer.amount))
            wait.set("unit", node.timer.unit)
        elif node.timer is not None:
            local = {"date": "timeDate", "duration": "timeDuration", "cycle": "timeCycle"}[node.timer.kind]
            etree.SubElement(made, _tag(BPMN, local)).text = node.timer.text

    def _reference(self, kind: str, name: str) -> str:
        return self.messages.setdefault((kind, name), f"{kind}-{len(self.messages) + 1}")


def _step(extension: etree._Element, step: Step) -> None:
    _performers(extension, "performers", step.performers)
    if step.sign.rule != "one" or step.sign.order != "parallel":
        sign = etree.SubElement(extension, _tag(TB, "sign"), rule=step.sign.rule, order=step.sign.order)
        if step.sign.share is not None:
            sign.set("share", str(step.sign.share))
    if step.deadline is not None:
        made = etree.SubElement(extension, _tag(TB, "deadline"))
        made.set("amount", str(step.deadline.amount))
        made.set("unit", step.deadline.unit)
    if step.escalation is not None:
        made = etree.SubElement(extension, _tag(TB, "escalation"))
        made.set("after", str(step.escalation.after))
        made.set("unit", step.escalation.unit)
        made.set("to", step.escalation.to)
    for field in step.fields:
        etree.SubElement(extension, _tag(TB, "field"), name=field.name, access=field.access)
    for action in ACTIONS:
        # Only what is not usual is said.
        if step.allows(action) == (action in GRANTED_ACTIONS):
            allowed = "true" if step.allows(action) else "false"
            etree.SubElement(extension, _tag(TB, "action"), name=action, allowed=allowed)
    for outcome in step.outcomes:
        made = etree.SubElement(extension, _tag(TB, "outcome"), value=outcome.value, label=outcome.label)
        if outcome.label_en:
            made.set("labelEn", outcome.label_en)
    _performers(extension, "copies", step.copies)


def _performers(extension: etree._Element, name: str, performers: tuple[Performer, ...]) -> None:
    if not performers:
        return
    group = etree.SubElement(extension, _tag(TB, name))
    for each in performers:
        made = etree.SubElement(group, _tag(TB, "performer"), kind=each.kind)
        if each.ref:
            made.set("ref", each.ref)
