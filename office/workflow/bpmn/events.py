"""Events of a drawing: what they wait for or throw, and by which name (events and messages of BPMN 2.0, §10.5)."""

from dataclasses import replace

from lxml import etree

from office.workflow.bpmn import extension, xml
from office.workflow.bpmn.attributes import identifier, label
from office.workflow.bpmn.elements import BPMN, Node, Timer
from office.workflow.bpmn.findings import Findings

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


class EventReader:
    """Reads the events of one document; faults become findings."""

    def __init__(self, root: etree._Element, findings: Findings) -> None:
        self._findings = findings
        self._names = {
            identifier(each): each
            for each in xml.children(root, BPMN, "message", "error", "escalation", "signal")
        }
        # Some tools write what an event waits for beside the processes, and refer to it.
        self._definitions = {
            identifier(each): each
            for each in root.iter(f"{{{BPMN}}}*")
            if xml.split(each.tag)[1].endswith("EventDefinition")
        }

    def read(self, element: etree._Element, node: Node) -> Node:
        """What an event waits for or throws, put onto its node."""
        definitions = [
            each for each in xml.children(element, BPMN) if xml.split(each.tag)[1].endswith("EventDefinition")
        ]
        for ref in xml.children(element, BPMN, "eventDefinitionRef"):
            found = self._definitions.get(xml.text_of(ref).rpartition(":")[2])
            if found is None:
                return replace(node, event="unknown")
            definitions.append(found)
        if node.kind == "boundaryEvent":
            node = replace(
                node,
                attached=element.get("attachedToRef", "").strip().rpartition(":")[2],
                interrupting=element.get("cancelActivity", "true").strip() not in ("false", "0"),
            )
        if len(definitions) > 1:
            return replace(node, event="multiple")
        if not definitions:
            return node
        event = _EVENTS.get(xml.split(definitions[0].tag)[1], "")
        node = replace(node, event=event or "unknown")
        if event == "timer":
            return replace(node, timer=self._timer(element, definitions[0], node))
        if event in ("message", "error", "escalation"):
            attribute = {"message": "messageRef", "error": "errorRef", "escalation": "escalationRef"}[event]
            if node.kind == "boundaryEvent" and event != "message" and not definitions[0].get(attribute):
                return node  # Without a name, whatever comes is caught.
            return replace(node, message=self.referred(definitions[0], attribute, element))
        if event == "link":
            return replace(node, message=label(definitions[0]) or node.name)
        return node

    def referred(self, element: etree._Element, attribute: str, event: etree._Element | None = None) -> str:
        """What a message, an error or an escalation is called; without a reference the element's own name."""
        ref = element.get(attribute, "").strip()
        found = self._names.get(ref)
        if found is None:
            found = self._names.get(ref.rpartition(":")[2])
        if found is None:
            return "" if ref else label(element) or (label(event) if event is not None else "")
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
                self._findings.error(node.id, node.name, "amount", text=waits[0].get("amount", "")[:40])
                return None
            return Timer("wait", "", *amount)
        for local, kind in (("timeDate", "date"), ("timeDuration", "duration"), ("timeCycle", "cycle")):
            if (found := xml.child(definition, BPMN, local)) is not None:
                text = xml.text_of(found)
                if kind != "date" and len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
                    text = text[1:-1]
                return Timer(kind, text)  # type: ignore[arg-type]
        self._findings.error(node.id, node.name, "timer_empty")
        return None
