"""Reads for those who make processes: the list, one process with its versions, comparisons, central templates."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import Http404
from django.utils.translation import gettext as _

from asp.accounts.subjects import Subject, SubjectChoice, subject_labels
from asp.forms import Comparison
from asp.forms import compare as compare_forms
from office.workflow.bpmn import spec
from office.workflow.bpmn.compare import Change
from office.workflow.bpmn.compare import compare as compare_drawings
from office.workflow.bpmn.elements import Definition, Performer
from office.workflow.bpmn.findings import Findings
from office.workflow.bpmn.reading import read
from office.workflow.central import Template, templates
from office.workflow.managing.facts import form_read
from office.workflow.managing.performers import Names
from office.workflow.models import OPEN_STATES, Instance, Process, ProcessVersion


@dataclass(frozen=True, slots=True)
class Line:
    """A process in the list, with its state as a mark and a word."""

    process: Process
    running: int
    mark: str
    state: str
    changed: bool
    news: bool


def process_list(*, text: str = "", state: str = "") -> list[Line]:
    """All processes in their order, with how many instances of each are in progress."""
    running = dict(
        Instance.objects.filter(state__in=OPEN_STATES)
        .order_by()
        .values_list("process_id")
        .annotate(found=Count("pk"))
    )
    rows = Process.objects.select_related("current").order_by("category", "sort", "id")
    if words := text.strip():
        rows = rows.filter(
            Q(name__icontains=words)
            | Q(name_en__icontains=words)
            | Q(code__icontains=words)
            | Q(category__icontains=words)
        )
    lines = [line_of(each, running.get(each.pk, 0)) for each in rows]
    return [each for each in lines if not state or _state_key(each.process) == state]


def line_of(process: Process, running: int | None = None) -> Line:
    """One process as the list shows it."""
    if running is None:
        running = process.instances.filter(state__in=OPEN_STATES).count()
    words = {
        "stopped": ("off", _("stopped")),
        "used": ("ok", _("in use")),
        "draft": ("warn", _("not published yet")),
    }
    mark, state = words[_state_key(process)]
    return Line(process, running, mark, state, draft_differs(process), has_news(process))


def _state_key(process: Process) -> str:
    if process.stopped_at is not None:
        return "stopped"
    return "used" if process.current_id is not None else "draft"


def draft_differs(process: Process) -> bool:
    """Whether the draft says something else than what is published."""
    current = process.current
    if current is None:
        return False
    return (current.bpmn, current.form) != (process.draft_bpmn, process.draft_form)


def process_get(process_id: uuid.UUID) -> Process:
    """One process, or Http404."""
    found = Process.objects.select_related("current").filter(pk=process_id).first()
    if found is None:
        raise Http404
    return found


def version_get(process: Process, number: int) -> ProcessVersion:
    """One of its versions, or Http404."""
    found = process.versions.select_related("process").filter(number=number).first()
    if found is None:
        raise Http404
    return found


def version_list(process: Process) -> QuerySet[ProcessVersion]:
    """Its versions, the latest first, with how many instances run on each; without their drawings."""
    running = (
        Instance.objects.filter(process=process, version=OuterRef("pk"), state__in=OPEN_STATES)
        .order_by()
        .values("version")
        .annotate(found=Count("pk"))
    )
    return (
        process.versions.defer("bpmn", "spec", "form")
        .order_by("-number")
        .annotate(running=Subquery(running.values("found")))
    )


def categories() -> list[str]:
    """The categories that processes have here, for proposals."""
    used = Process.objects.exclude(category="").order_by().values_list("category", flat=True).distinct()
    return sorted({*used, *(each.category for each in templates().values())})


def audience_of(process: Process) -> list[SubjectChoice]:
    """Who may start it, with names; those who are not here any more keep their key."""
    subjects = [Subject.parse(key) for key in process.audience]
    labels = subject_labels(subjects)
    return [labels.get(each) or SubjectChoice(each, _("removed"), "", "user-x") for each in subjects]


# ----- comparing


@dataclass(frozen=True, slots=True)
class Differences:
    """Between two versions, or a version and the draft. None: that side cannot be read."""

    flow: list[Change] | None
    form: Comparison | None

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return self.flow == [] and (self.form is None or self.form.is_empty)


def differences(before: ProcessVersion, after: ProcessVersion | Process) -> Differences:
    """What a version has otherwise than an earlier one; for a process its draft is meant."""
    old = spec.definition_of(before.spec)
    if isinstance(after, Process):
        new, form = read(after.draft_bpmn.encode(), Findings()), after.draft_form
    else:
        new, form = spec.definition_of(after.spec), after.form
    flow = None
    if new is not None:
        names = Names(performers_of(old, new))
        flow = compare_drawings(old, new, names=names.name)
    old_form, _faults = form_read(before.form)
    new_form, faults = form_read(form)
    forms = compare_forms(old_form, new_form) if old_form and new_form and not faults else None
    return Differences(flow, forms)


def performers_of(*definitions: Definition) -> Iterable[Performer]:
    """Everybody whom the steps name."""
    for definition in definitions:
        for node in definition.steps:
            if node.step:
                yield from (*node.step.performers, *node.step.copies)


# ----- central templates


@dataclass(frozen=True, slots=True)
class Offer:
    """A central template and what this bureau has made of it."""

    template: Template
    process: Process | None

    @property
    def state(self) -> str:
        """`open`, `adopted` or `news`."""
        if self.process is None:
            return "open"
        return "news" if has_news(self.process) else "adopted"


def template_list() -> list[Offer]:
    """All templates of this release, in their order."""
    made = {each.origin: each for each in Process.objects.exclude(origin="").order_by("-id")}
    return [Offer(each, made.get(code)) for code, each in templates().items()]


def has_news(process: Process) -> bool:
    """Whether the template that it was made of has a version that nobody here has looked at."""
    template = templates().get(process.origin) if process.origin else None
    return template is not None and template.version > process.origin_version


def news_count() -> int:
    """How many processes have news."""
    return sum(has_news(each) for each in Process.objects.exclude(origin="").only("origin", "origin_version"))


def drawn(process: Process) -> Definition | None:
    """The draft's drawing as far as it is understood; None where nothing can be shown."""
    found = read(process.draft_bpmn.encode(), Findings()) if process.draft_bpmn else None
    return found if found is not None and found.nodes else None
