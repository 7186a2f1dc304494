"""What `tb:` says about a step, read from its extension elements."""

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from office.workflow.bpmn import limits, xml
from office.workflow.bpmn.elements import (
    ACCESSES,
    ACTIONS,
    BPMN,
    ESCALATE_TO,
    GRANTED_ACTIONS,
    ORDERS,
    PERFORMER_KINDS,
    SIGN_RULES,
    TB,
    WITHOUT_REF,
    Deadline,
    Escalation,
    FieldAccess,
    Outcome,
    Performer,
    Sign,
    Step,
)
from office.workflow.bpmn.findings import Findings
from office.workflow.bpmn.times import UNITS


def ours(element: etree._Element) -> Iterator[etree._Element]:
    """The `tb:` elements inside the extension of an element."""
    extension = xml.child(element, BPMN, "extensionElements")
    if extension is not None:
        yield from xml.children(extension, TB)


class StepReader:
    """Reads one user task; what it does not understand becomes a finding on that task."""

    def __init__(self, element: etree._Element, node: str, name: str, findings: Findings) -> None:
        self.element = element
        self.node = node
        self.name = name
        self.findings = findings

    def read(self) -> Step:
        """The step, with what was understood."""
        performers: list[Performer] = []
        copies: list[Performer] = []
        fields: dict[str, FieldAccess] = {}
        outcomes: dict[str, Outcome] = {}
        denied: set[str] = set()
        granted: set[str] = set()
        step = Step()
        for each in ours(self.element):
            local = xml.split(each.tag)[1]
            if local == "performers":
                performers += self._performers(each)
            elif local == "copies":
                copies += self._performers(each)
            elif local == "sign":
                step = replace(step, sign=self._sign(each))
            elif local == "deadline":
                amount = self._amount(each, "amount")
                step = replace(step, deadline=Deadline(*amount) if amount else None)
            elif local == "escalation":
                step = replace(step, escalation=self._escalation(each))
            elif local == "field":
                access = self._one_of(each, "access", ACCESSES)
                if (field := self._word(each, "name")) and access:
                    fields[field] = FieldAccess(field, access)
            elif local == "action":
                action = self._one_of(each, "name", ACTIONS)
                allowed = each.get("allowed", "true").strip().lower() != "false"
                if action in GRANTED_ACTIONS:
                    (granted.add if allowed else granted.discard)(action)
                elif action and not allowed:
                    denied.add(action)
            elif local == "outcome":
                if value := self._word(each, "value"):
                    label, label_en = each.get("label", "")[:100], each.get("labelEn", "")[:100]
                    outcomes[value] = Outcome(value, label or value, label_en)
            elif local not in ("service", "wait"):
                self._strange(local)
        return replace(
            step,
            performers=tuple(dict.fromkeys(performers)),
            copies=tuple(dict.fromkeys(copies)),
            fields=tuple(fields.values()),
            outcomes=tuple(outcomes.values()),
            denied=frozenset(denied),
            granted=frozenset(granted),
        )

    def _performers(self, element: etree._Element) -> list[Performer]:
        found = []
        for each in xml.children(element, TB, "performer"):
            kind = self._one_of(each, "kind", PERFORMER_KINDS)
            ref = each.get("ref", "").strip()[: limits.ID_LENGTH]
            if not kind:
                continue
            if kind in WITHOUT_REF:
                ref = ""
            elif not ref:
                self.findings.error(self.node, self.name, "performer_ref", kind=kind)
                continue
            found.append(Performer(kind, ref))
        if len(found) > limits.PERFORMERS:
            self.findings.error(self.node, self.name, "performers_many", limit=limits.PERFORMERS)
        return found[: limits.PERFORMERS]

    def _sign(self, element: etree._Element) -> Sign:
        rule = self._one_of(element, "rule", SIGN_RULES) or "one"
        order = self._one_of(element, "order", ORDERS) if element.get("order") else "parallel"
        share = None
        if rule == "share":
            given = element.get("share", "").strip().rstrip("%")
            if given.isascii() and given.isdigit() and 1 <= int(given[:4]) <= 100:
                share = int(given)
            else:
                self._strange(f"share={given[:20]}")
                rule = "all"
        return Sign(rule, share, order or "parallel")

    def _escalation(self, element: etree._Element) -> Escalation | None:
        amount = self._amount(element, "after")
        to = self._one_of(element, "to", ESCALATE_TO)
        return Escalation(*amount, to) if amount and to else None

    def _amount(self, element: etree._Element, attribute: str) -> tuple[int, str] | None:
        found = amount_of(element, attribute)
        if found is None:
            self.findings.error(
                self.node,
                self.name,
                "amount",
                text=f"{element.get(attribute, '')} {element.get('unit', '')}"[:40],
            )
        return found

    def _one_of(self, element: etree._Element, attribute: str, allowed: tuple[str, ...]) -> str:
        value = element.get(attribute, "").strip()
        if value in allowed:
            return value
        self._strange(f"{xml.split(element.tag)[1]} {attribute}={value[:40]}")
        return ""

    def _word(self, element: etree._Element, attribute: str) -> str:
        value = element.get(attribute, "").strip()
        if not value or len(value) > limits.ID_LENGTH:
            self._strange(f"{xml.split(element.tag)[1]} {attribute}={value[:40]}")
            return ""
        return value

    def _strange(self, what: str) -> None:
        self.findings.error(self.node, self.name, "extension", what=what)


def amount_of(element: etree._Element, attribute: str) -> tuple[int, str] | None:
    """`amount="2" unit="workdays"`, or None if it is not one."""
    given, unit = element.get(attribute, "").strip(), element.get("unit", "").strip()
    if given.isascii() and given.isdigit() and 0 < int(given[:6]) <= 3650 * 24 and unit in UNITS:
        return int(given[:6]), unit
    return None
