"""What is done several times: multi-instance activities, and countersigning written as one (BPMN 2.0, §13.3.7)."""

from lxml import etree

from office.workflow.bpmn import extension, foreign, xml
from office.workflow.bpmn.attributes import identifier, is_true, label
from office.workflow.bpmn.elements import BPMN, TB, Loop
from office.workflow.bpmn.expressions import plain
from office.workflow.bpmn.findings import Findings


def loop_of(element: etree._Element, kind: str, node: str, name: str, findings: Findings) -> Loop | None:
    """How an activity is repeated; None for one that is done once, and for what became a finding."""
    if xml.child(element, BPMN, "standardLoopCharacteristics") is not None:
        findings.error(node, name, "standard_loop")
        return None
    repeats = xml.child(element, BPMN, "multiInstanceLoopCharacteristics")
    if repeats is None:
        return None
    foreign.check_scripts(repeats, node, name, findings)
    collection = xml.text_of(xml.child(repeats, BPMN, "loopDataInputRef"))
    collection = repeats.get(f"{{{TB}}}collection", "").strip() or collection
    if not collection:
        if kind != "userTask":
            findings.error(node, name, "loop_collection")
        else:
            _countersigned(element, repeats, node, name, findings)
        return None
    item = repeats.get(f"{{{TB}}}item", "").strip()
    named = xml.child(repeats, BPMN, "inputDataItem")
    if not item and named is not None:
        item = label(named) or identifier(named)
    until = xml.text_of(xml.child(repeats, BPMN, "completionCondition"))
    return Loop(is_true(repeats, "isSequential"), collection, item or "item", plain(until))


def _countersigned(
    element: etree._Element, repeats: etree._Element, node: str, name: str, findings: Findings
) -> None:
    """Several instances for the performers of the step: what the drawing says of their number is not used."""
    stated = any(xml.split(each.tag)[1] == "sign" for each in extension.ours(element))
    if xml.child(repeats, BPMN, "loopCardinality") is not None:
        findings.warning(node, name, "loop_cardinality")
    for each in foreign.collections(repeats):
        findings.warning(node, name, "loop_foreign", name=each[:60])
    if xml.text_of(xml.child(repeats, BPMN, "completionCondition")) and not stated:
        findings.error(node, name, "loop_until")
