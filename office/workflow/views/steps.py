"""The draft as a list of steps: add, move, remove; one panel for the step that is selected."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from asp.accounts.access import requires
from asp.audit.actor import Actor
from asp.ui.errors import UserFacingError
from asp.ui.text import localized
from office.workflow.bpmn.steps import NotAList, StepsFault, steps_as_json
from office.workflow.bpmn.svg import svg
from office.workflow.managing import listing, performers
from office.workflow.managing.errors import DraftNoList, DraftUnreadable
from office.workflow.managing.facts import DraftReport, form_read, report_of
from office.workflow.managing.panel import Panel, step_sent
from office.workflow.models import Process
from office.workflow.permissions import DESIGN
from office.workflow.selectors.manage import line_of, process_get
from office.workflow.services import draft_steps, draft_steps_save

Data = dict[str, Any]


@requires(DESIGN)
@require_http_methods(["GET", "HEAD", "POST"])
def steps(request: HttpRequest, process_id: uuid.UUID) -> HttpResponse:
    """The list. POST takes `revision` and `act` (`do:at`), or the panel's settings with `at` and perhaps `op`."""
    process = process_get(process_id)
    try:
        data = _data(process)
    except (NotAList, DraftUnreadable) as error:
        if request.method == "POST":
            raise DraftNoList(params={"name": getattr(error, "name", "") or process.name}) from error
        return render(request, "workflow/manage/steps.html", {"line": line_of(process), "no_list": error})
    if request.method != "POST":
        return _page(request, process, data, at=request.GET.get("at", ""))
    if "act" in request.POST:
        do, _colon, at = request.POST["act"].partition(":")
        data, at = listing.apply(data, do, at)
        return _save(request, process, data, at, moved=do in ("step_add", "branch_add", "group_add", "copy"))
    return _settings(request, process, data)


@requires(DESIGN)
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """People, posts, departments and roles that match `q`, for the list `for` of a panel."""
    query = request.GET.get("q", "").strip()[:100]
    key = request.GET.get("for", "")
    context = {
        "found": performers.search(query),
        "query": query,
        "key": key if key in ("performers", "copies") or key.startswith("people.") else "performers",
        "form": request.GET.get("form", "ws-settings")[:40],
    }
    return render(request, "workflow/manage/_found.html", context)


def _data(process: Process) -> Data:
    listed = draft_steps(process)
    if listed is None:
        return {"id": process.code, "name": process.name, "name_en": process.name_en, "steps": []}
    return steps_as_json(listed)


def _settings(request: HttpRequest, process: Process, data: Data) -> HttpResponse:
    at = request.POST.get("at", "")
    step = listing.find(data, at)
    if step is None:
        raise listing.StepGone
    panel = Panel(data, step, form_read(process.draft_form)[0], request.POST)
    if not panel.form.is_valid():
        return _page(request, process, data, at=at, panel=panel, status=422)
    op = request.POST.get("op", "")
    made = step_sent(step, panel.form.cleaned_data, request.POST, op=op)
    for each, found, index in list(listing.places(data)):
        if each["id"] == at:
            found[index] = made
    listing.straighten(data)
    try:
        return _save(request, process, data, at)
    except StepsFault as error:
        # What a person can type is checked before; this is an outcome without a name, or a forged value.
        return _page(request, process, data, at=at, panel=panel, refusal=error, status=422)


def _save(
    request: HttpRequest, process: Process, data: Data, at: str, *, moved: bool = False
) -> HttpResponse:
    revision = request.POST.get("revision", "")
    process = draft_steps_save(
        actor=Actor.of(request),
        process=process,
        steps=data,
        revision=int(revision) if revision.isascii() and revision.isdigit() else -1,
    )
    if getattr(request, "htmx", None):
        return _page(request, process, _data(process), at=at, moved=moved)
    return HttpResponseRedirect(f"{request.path}?{urlencode({'at': at})}" if at else request.path)


def _page(
    request: HttpRequest,
    process: Process,
    data: Data,
    *,
    at: str,
    panel: Panel | None = None,
    refusal: UserFacingError | None = None,
    moved: bool = False,
    status: int = 200,
) -> HttpResponse:
    form, _faults = form_read(process.draft_form)
    step = listing.find(data, at)
    if panel is None and step is not None:
        panel = Panel(data, step, form)
    report = report_of(process) if process.draft_bpmn else None
    context = {
        "line": line_of(process),
        "process": process,
        "lines": _lines(data, at, report),
        "at": at if step is not None else "",
        "panel": panel,
        "refusal": refusal,
        "report": report,
        "here": [each for each in report.findings if each.element.split("-")[0] == at]
        if report and at
        else [],
        "drawing": svg(report.definition) if report and report.definition else "",
        "names": sorted(form.names) if form else [],
        "moved": moved,
        "path": request.path,
    }
    template = "_steps" if getattr(request, "htmx", None) else "steps"
    return render(request, f"workflow/manage/{template}.html", context, status=status)


def _lines(data: Data, at: str, report: DraftReport | None) -> list[Data]:
    bad = {each.element.split("-")[0] for each in report.errors} if report else set()
    found = []
    for number, each in enumerate(data["steps"], start=1):
        line = _line(each, at, bad)
        line["number"] = number
        line["branches"] = [_line(one, at, bad) for one in each.get("parallel", ())]
        found.append(line)
    return found


def _line(each: Data, at: str, bad: set[str]) -> Data:
    return {
        "id": each["id"],
        "label": localized(each) or each["id"],
        "is_group": "parallel" in each,
        "skip": each.get("skip", ""),
        "deadline": each.get("deadline"),
        "current": each["id"] == at,
        "bad": each["id"] in bad,
    }
