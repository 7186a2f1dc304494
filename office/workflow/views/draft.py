"""The draft of a process: its form, checking and publishing, files of other tools, versions."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from asp.accounts.access import requires
from asp.audit.actor import Actor
from asp.forms import Editor, blank, edit_form
from asp.ui.flash import flash
from office.workflow.bpmn import spec, xml
from office.workflow.bpmn.pictures import picture_of
from office.workflow.bpmn.svg import svg
from office.workflow.errors import DraftChanged, NotPublishable
from office.workflow.managing.facts import DraftReport, form_read, report_of
from office.workflow.managing.forms import PublishForm, RevisionForm, UploadForm
from office.workflow.models import Process, ProcessVersion
from office.workflow.permissions import DESIGN
from office.workflow.selectors import manage as selectors
from office.workflow.services import draft_bpmn_save, draft_form_save, draft_restore, version_publish

INVALID = 422
BPMN_TYPE = "application/xml; charset=utf-8"
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


@requires(DESIGN)
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, process_id: uuid.UUID) -> HttpResponse:
    """The editor of the form."""
    process = selectors.process_get(process_id)

    def save(data: dict[str, Any]) -> None:
        draft_form_save(actor=Actor.of(request), process=process, form=data, revision=process.draft_revision)

    editor = Editor(
        key=f"workflow.process:{process.pk}",
        load=lambda: process.draft_form or blank(process.name, process.name_en),
        save=save,
        template="workflow/manage/form.html",
        context={"process": process, "line": selectors.line_of(process)},
    )
    return edit_form(request, editor)


@requires(DESIGN)
@require_safe
def gate(request: HttpRequest, process_id: uuid.UUID) -> HttpResponse:
    """What keeps the draft from being published, beside its drawing; else what is new in it."""
    process = selectors.process_get(process_id)
    return _gate(request, process, PublishForm(initial={"revision": process.draft_revision}))


@requires(DESIGN)
@require_POST
def publish(request: HttpRequest, process_id: uuid.UUID) -> HttpResponse:
    """Make a version of the draft."""
    process = selectors.process_get(process_id)
    form = PublishForm(request.POST)
    if not form.is_valid():
        return _gate(request, process, form, status=INVALID)
    try:
        version = version_publish(actor=Actor.of(request), process=process, **form.cleaned_data)
    except NotPublishable as error:
        return _gate(request, process, form, status=error.status, report=error.report)  # type: ignore[attr-defined]
    text = gettext("Version {number} is published. Whatever is started from now on runs on it.")
    flash(request, text.format(number=version.number))
    return redirect("workflow:process", process.pk)


@requires(DESIGN)
@require_POST
def upload(request: HttpRequest, process_id: uuid.UUID) -> HttpResponse:
    """Take over a drawing of another tool."""
    process = selectors.process_get(process_id)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        context = {
            "upload": form,
            "upload_target": f"{process.pk}:{process.draft_revision}",
            "process": process,
            "line": selectors.line_of(process),
        }
        return render(request, "workflow/manage/upload.html", context, status=INVALID)
    draft_bpmn_save(
        actor=Actor.of(request),
        process=process,
        content=form.cleaned_data["file"].read(),
        revision=form.cleaned_data["revision"],
    )
    flash(request, gettext("The drawing is the draft now."))
    return redirect("workflow:draft-gate", process.pk)


@requires(DESIGN)
@require_safe
def download(request: HttpRequest, process_id: uuid.UUID) -> HttpResponse:
    """The drawing of the draft as a file; with `version` that of a version."""
    process = selectors.process_get(process_id)
    number = request.GET.get("version", "")
    if number.isascii() and number.isdigit():
        version = selectors.version_get(process, int(number[:9]))
        return bpmn_file(version.bpmn, f"{version.name}-{version.number}.bpmn")
    if not process.draft_bpmn:
        raise Http404
    return bpmn_file(process.draft_bpmn, f"{process.name}.bpmn")


@requires(DESIGN)
@require_safe
def version(request: HttpRequest, process_id: uuid.UUID, number: int) -> HttpResponse:
    """A version: its drawing, its form, and what it has otherwise than `with` (by default the one before)."""
    process = selectors.process_get(process_id)
    found = selectors.version_get(process, number)
    other = _other(request, process, found)
    context = {
        "process": process,
        "line": selectors.line_of(process),
        "version": found,
        "other": other,
        "others": process.versions.exclude(pk=found.pk).order_by("-number").values_list("number", flat=True),
        "differences": selectors.differences(*sorted((found, other), key=lambda each: each.number))
        if other
        else None,
        "drawing": _drawing(found.bpmn, spec.definition_of(found.spec)),
        "form": form_read(found.form)[0],
        "restore": RevisionForm(initial={"revision": process.draft_revision}),
    }
    return render(request, "workflow/manage/version.html", context)


@requires(DESIGN)
@require_POST
def restore(request: HttpRequest, process_id: uuid.UUID, number: int) -> HttpResponse:
    """Put an old version into the draft."""
    process = selectors.process_get(process_id)
    found = selectors.version_get(process, number)
    form = RevisionForm(request.POST)
    if not form.is_valid():
        raise DraftChanged(params={"name": process.draft_by_name or "–"})
    draft_restore(actor=Actor.of(request), version=found, revision=form.cleaned_data["revision"])
    flash(
        request,
        gettext("Version {number} is the draft now. Publish it when it is right.").format(number=number),
    )
    return redirect("workflow:process", process.pk)


def bpmn_file(text: str, name: str) -> HttpResponse:
    """A drawing for saving."""
    content = text if text.startswith("<?xml") else DECLARATION + text
    response = HttpResponse(content, content_type=BPMN_TYPE)
    response["Content-Disposition"] = content_disposition_header(True, name.replace("/", "-"))
    return response


def _other(request: HttpRequest, process: Process, found: ProcessVersion) -> ProcessVersion | None:
    wanted = request.GET.get("with", "")
    if wanted.isascii() and wanted.isdigit():
        return selectors.version_get(process, int(wanted[:9]))
    return process.versions.filter(number__lt=found.number).order_by("-number").first()


def _drawing(bpmn: str, definition: Any) -> str:
    try:
        return svg(definition, picture_of(bpmn.encode(), definition))
    except xml.Unreadable:
        return svg(definition)


def _marked(drawing: str, report: DraftReport) -> SafeString:
    """The drawing with its faulty elements marked. What is put in is constant; the rest is the drawing's own."""
    for element in {each.element for each in report.errors if each.element}:
        named = str(format_html('data-element="{}"', element))
        drawing = drawing.replace(named, f"{named} data-bad")
    return mark_safe(drawing)  # noqa: S308 (made by format_html)


def _gate(
    request: HttpRequest,
    process: Process,
    form: PublishForm,
    *,
    status: int = 200,
    report: DraftReport | None = None,
) -> HttpResponse:
    report = report or report_of(process)
    shown = report.definition or selectors.drawn(process)
    current = process.current
    context = {
        "process": process,
        "line": selectors.line_of(process),
        "report": report,
        "publish": form,
        "drawing": _marked(_drawing(process.draft_bpmn, shown), report) if shown else "",
        "differences": selectors.differences(current, process) if current else None,
    }
    return render(request, "workflow/manage/gate.html", context, status=status)
