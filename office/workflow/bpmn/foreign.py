"""What acts in other engines and would not act here: scripts, listeners, delegates, expressions."""

import re

from lxml import etree

from office.workflow.bpmn import xml
from office.workflow.bpmn.elements import BPMN, BPMNDI, DC, DI, KINDS, REFUSED, TB, XSI
from office.workflow.bpmn.findings import Findings

_KNOWN = frozenset((BPMN, BPMNDI, DC, DI, XSI, TB, "", "http://www.w3.org/XML/1998/namespace"))
_ACTS = re.compile(
    r"(?i)(?<!de)script(?!ion)|listener|delegate|^(class|expression|onentry|onexit|action|javaclass)$|expression$"
)
# Bridges to other systems; elsewhere the word means a line of a drawing.
_ENGINES = re.compile(r"(?i)camunda|activiti|flowable|zeebe")
_SCRIPTS = re.compile(r"(?i)script|groovy|python|ruby|java\b|jruby|mvel|ognl|juel-script")
_NAMED = KINDS | REFUSED.keys() | {"sequenceFlow", "process", "lane"}


def check_scripts(element: etree._Element, node: str, name: str, findings: Findings) -> None:
    """Refuse an element that is or contains a script."""
    for holder in (element, *xml.children(element, BPMN)):
        if _SCRIPTS.search(holder.get("scriptFormat", "")) or _SCRIPTS.search(holder.get("language", "")):
            findings.error(node, name, "script")
    if next(element.iter(f"{{{BPMN}}}script"), None) is not None:
        findings.error(node, name, "script")


def check_additions(process: etree._Element, node: str, name: str, findings: Findings) -> None:
    """Refuse what would act in another engine; warn once that other things of other tools are left out."""
    dropped: set[str] = set()
    stack = [(process, node, name)]
    while stack:
        each, holder, label = stack.pop()
        space, local = xml.split(each.tag)
        if space == BPMN and each.get("id") and local in _NAMED:
            holder, label = each.get("id", "").strip(), " ".join(each.get("name", "").split())
        if space not in _KNOWN:
            dropped.add(space)
            if _ACTS.search(local) or (local == "connector" and _ENGINES.search(space)):
                findings.error(holder, label, "foreign_acts", what=local)
            elif _formula(each.text):
                findings.error(holder, label, "foreign_expression", what=local)
        for key, value in each.attrib.items():
            where, attribute = xml.split(key)
            inside = where or (space if space not in _KNOWN else "")
            if inside in _KNOWN:
                continue
            dropped.add(inside)
            if where and _ACTS.search(attribute):
                findings.error(holder, label, "foreign_acts", what=attribute)
            elif _formula(str(value)):
                findings.error(holder, label, "foreign_expression", what=attribute)
        stack.extend((child, holder, label) for child in each)
    if dropped:
        findings.warning(node, name, "foreign", what=", ".join(sorted(dropped))[:200])


def collections(element: etree._Element) -> list[str]:
    """The collections that another engine would go through, as its addition to a repeated step says."""
    return [
        str(value)
        for key, value in element.attrib.items()
        if xml.split(key)[0] not in _KNOWN and xml.split(key)[1] in ("collection", "inputCollection")
    ]


def _formula(text: str | None) -> bool:
    text = (text or "").strip()
    return text.startswith(("${", "#{")) or (text.startswith("=") and len(text) > 1 and text[1] != "=")
