"""The gate before publishing: whatever the bytes are, an answer in words, and a definition if it may run."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from office.workflow.bpmn.elements import Definition, Flow, Node
from office.workflow.bpmn.findings import Finding, Findings
from office.workflow.bpmn.gate.calls import check_calls
from office.workflow.bpmn.gate.parts import check_parts
from office.workflow.bpmn.gate.people import check_people
from office.workflow.bpmn.gate.structure import check_structure
from office.workflow.bpmn.gate.tokens import check_tokens
from office.workflow.bpmn.gate.values import BUILT_IN, check_values
from office.workflow.bpmn.reading import read

__all__ = ["BUILT_IN", "Report", "check"]


@dataclass(frozen=True, slots=True)
class Report:
    """What was found. `definition` is there only if nothing keeps the process from being published."""

    findings: list[Finding]
    definition: Definition | None

    @property
    def ok(self) -> bool:
        """Whether it may be published."""
        return self.definition is not None

    @property
    def errors(self) -> list[Finding]:
        """The faults."""
        return [each for each in self.findings if each.level == "error"]

    @property
    def warnings(self) -> list[Finding]:
        """The advice."""
        return [each for each in self.findings if each.level == "warning"]


def check(
    content: bytes,
    *,
    fields: Mapping[str, str] | None = None,
    roles: Collection[str] | None = None,
    services: Collection[str] | None = None,
    processes: Mapping[str, Definition | None] | None = None,
    code: str = "",
    variables: Collection[str] = BUILT_IN,
) -> Report:
    """Check a drawing (the bytes of a file); never raises, whatever they are.

    `fields`: name → kind of the form's fields; kinds `person`, `persons` may perform, `list`, `persons` and
    `departments` are collections. `roles`, `services`: their codes. `processes`: code → definition of the
    processes that may be called (None where only the code is known). `code`: that of this process, to find
    circles. `variables`: names beside those of the form. What is None is not checked.
    """
    findings = Findings()
    definition = read(content, findings)
    if definition is None:
        return Report(findings.all, None)
    check_parts(definition, findings)
    sound = check_structure(definition, findings, processes or {})
    check_people(definition, findings, fields=fields, roles=roles, services=services)
    check_values(definition, findings, fields=fields, variables=variables)
    check_calls(definition, findings, processes=processes, code=code)
    if sound:
        check_tokens(definition, findings)
    if not findings.failed:
        _build(definition, findings, processes or {})
    return Report(findings.all, None if findings.failed else definition)


def _build(definition: Definition, findings: Findings, processes: Mapping[str, Definition | None]) -> None:
    """The last word is the engine's: it must make an executable specification of it."""
    from office.workflow.bpmn.engine import building, compiling

    known = {code: each for code, each in processes.items() if each is not None}
    # What is called may be known by its code only: here it is enough that something stands in its place.
    known |= {code: _stand_in() for code in definition.calls if code not in known}
    try:
        building.build(compiling.specification(definition, known))
    except compiling.NotCompiled as error:
        findings.error(error.element, "", error.code, **error.params)
    except building.WorkflowException as error:
        findings.error(definition.id, definition.name, "engine", text=str(error)[:200])


def _stand_in() -> Definition:
    nodes = {
        "start": Node("start", "startEvent", "process", outgoing=("flow",)),
        "end": Node("end", "endEvent", "process", incoming=("flow",)),
    }
    return Definition(
        "process",
        nodes=nodes,
        flows={"flow": Flow("flow", "process", "start", "end")},
        scopes={"process": ("start", "end")},
    )
