"""What the gate must know of a bureau: the fields of a form, its roles, services, and processes to call."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from asp.accounts.models import Role
from asp.accounts.subjects import DEPARTMENT
from asp.forms import Definition as Form
from asp.forms import DefinitionError, Fault, Field
from asp.forms.directories import directory
from asp.forms.kinds import kind_of
from office.workflow import hooks
from office.workflow.bpmn import spec
from office.workflow.bpmn.elements import Definition, Performer
from office.workflow.bpmn.findings import Finding, Findings
from office.workflow.bpmn.gate import Report, check
from office.workflow.bpmn.reading import read
from office.workflow.managing.performers import Names, subject_of
from office.workflow.models import Process

NO_DRAWING = b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>'


@dataclass(frozen=True, slots=True)
class DraftReport:
    """What keeps a draft from being published: findings on its elements, and faults of its form."""

    gate: Report
    form: Form | None
    faults: tuple[Fault, ...] = ()
    callable: Mapping[str, Definition | None] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether it may be published."""
        return self.gate.ok and not self.faults

    @property
    def definition(self) -> Definition | None:
        """The process, if its drawing may run."""
        return self.gate.definition

    @property
    def findings(self) -> list[Any]:
        """Errors first."""
        return self.gate.findings

    @property
    def errors(self) -> list[Any]:
        """What keeps the drawing from running."""
        return self.gate.errors

    @property
    def warnings(self) -> list[Any]:
        """Advice on the drawing."""
        return self.gate.warnings

    @property
    def count(self) -> int:
        """How many faults there are."""
        return len(self.gate.errors) + len(self.faults)


def report_of(process: Process, *, bpmn: str | None = None, form: Any = None) -> DraftReport:
    """Check the draft of a process, or a drawing and form that might become it."""
    content = (process.draft_bpmn if bpmn is None else bpmn).encode() or NO_DRAWING
    stored = process.draft_form if form is None else form
    read_form, faults = form_read(stored)
    callable_ = processes_for(content, process.code)
    report = check(
        content,
        fields=None if faults else field_kinds(read_form),
        roles=role_refs(),
        services=hooks.services().keys(),
        processes=callable_,
        code=process.code,
    )
    return DraftReport(_with_people(report, content), read_form, faults, callable_)


def _with_people(report: Report, content: bytes) -> Report:
    """The gate knows no people: whoever is named by key must be here."""
    drawn = report.definition or read(content, Findings())
    if drawn is None:
        return report
    named: dict[tuple[str, str], set[Performer]] = {}
    for node in drawn.steps:
        for each in (*node.step.performers, *node.step.copies) if node.step else ():
            if each.kind in ("account", "post", "department") or subject_of(each) is not None:
                named.setdefault((node.id, node.name), set()).add(each)
    gone = _gone({each for group in named.values() for each in group})
    missing = [
        Finding(node, name, "performer_gone", {"kind": str(each.kind)})
        for (node, name), group in named.items()
        for each in sorted(group & gone, key=str)
        if each.kind != "role"  # the gate has said so
    ]
    return Report([*report.errors, *missing, *report.warnings], None) if missing else report


def _gone(performers: set[Performer]) -> set[Performer]:
    """Those who cannot act here: unknown, disabled, dissolved."""
    names = Names(performers)
    accounts = [subject.id for each in performers if each.kind == "account" and (subject := subject_of(each))]
    usable = set(directory("person").usable(accounts)) if accounts else set()  # type: ignore[union-attr]
    gone = set()
    for each in performers:
        subject = subject_of(each)
        known = subject is not None and subject in names.choices
        if each.kind == "account":
            known = subject is not None and subject.id in usable
        elif known and subject is not None and subject.kind == DEPARTMENT:
            known = subject.id in set(directory("department").usable([subject.id]))  # type: ignore[union-attr]
        if not known:
            gone.add(each)
    return gone


def form_read(stored: Any) -> tuple[Form | None, tuple[Fault, ...]]:
    """The form (None: there is none) and its faults."""
    if stored is None:
        return None, ()
    try:
        return Form.read(stored), ()
    except DefinitionError as error:
        return None, error.faults


def field_kinds(form: Form | None) -> dict[str, str]:
    """Name → kind as the gate knows them: fields, and the names that they give to conditions."""
    found: dict[str, str] = {}
    for each in form.fields if form else ():
        found[each.name] = _kind(each)
        for name in kind_of(each).provides(each):
            found.setdefault(name, "number" if name.endswith("_days") else "text")
        for column in getattr(each.options, "columns", ()):
            found[f"{each.name}_{column.name}"] = "list"
    return found


def _kind(each: Field) -> str:
    if each.kind in ("person", "department"):
        return f"{each.kind}s" if each.options.many else each.kind
    if each.kind == "choice" and each.options.multiple:
        return "list"
    return each.kind


def role_refs() -> set[str]:
    """How a step may refer to a role of this bureau: by its code, or by its key."""
    rows = Role.objects.order_by().values_list("pk", "code")
    return {str(key) for key, _code in rows} | {code for _key, code in rows if code}


def processes_for(content: bytes, code: str) -> dict[str, Definition | None]:
    """The processes that may be called; with their definitions those that the drawing reaches."""
    known = Process.objects.exclude(current=None).filter(stopped_at=None).exclude(code=code)
    found: dict[str, Definition | None] = dict.fromkeys(known.values_list("code", flat=True))
    drawn = read(content, Findings())
    wanted = set(drawn.calls) if drawn else set()
    while wanted := {each for each in wanted if each in found and found[each] is None}:
        rows = Process.objects.filter(code__in=wanted).select_related("current")
        loaded = {each.code: spec.definition_of(each.current.spec) for each in rows if each.current}
        found.update(loaded)
        wanted = {each for one in loaded.values() for each in one.calls}
    return found
