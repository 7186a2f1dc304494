"""The draft as a drawing (流程设计器): the page of the designer, and saving from it."""

import json
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from asp.accounts.access import requires
from asp.audit.actor import Actor
from asp.ui.errors import UserFacingError
from asp.ui.middleware import POLICY
from asp.ui.text import localized
from office.workflow import hooks
from office.workflow.bpmn.findings import Findings
from office.workflow.bpmn.reading import read
from office.workflow.managing.designer_words import words
from office.workflow.managing.facts import DraftReport, report_of
from office.workflow.managing.performers import Names
from office.workflow.models import Process
from office.workflow.permissions import DESIGN
from office.workflow.selectors import manage as selectors
from office.workflow.services import draft_bpmn_save

Data = dict[str, Any]
# bpmn-js writes style attributes; only this page allows them.
DESIGNER_POLICY = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")


class NotUnderstood(UserFacingError):
    """What the page has sent is not what it sends."""

    code = "workflow.designer"
    message = _("The drawing did not arrive whole. Try again.")


@requires(DESIGN)
@require_safe
def designer(request: HttpRequest, process_id: uuid.UUID) -> HttpResponse:
    """The drawing board with everything that its panel can offer."""
    process = selectors.process_get(process_id)
    report = report_of(process)
    context = {
        "process": process,
        "line": selectors.line_of(process),
        "report": report,
        "data": _data(process, report),
    }
    response = render(request, "workflow/manage/designer.html", context)
    response["Content-Security-Policy"] = DESIGNER_POLICY
    return response


@requires(DESIGN)
@require_POST
def save(request: HttpRequest, process_id: uuid.UUID) -> HttpResponse:
    """Keep the drawing as the draft. Takes JSON {revision, bpmn}, gives the new revision and what the gate says."""
    process = selectors.process_get(process_id)
    try:
        sent = json.loads(request.body)
        revision, bpmn = sent["revision"], sent["bpmn"]
    except (ValueError, KeyError, TypeError):
        raise NotUnderstood from None
    if type(revision) is not int or not isinstance(bpmn, str):
        raise NotUnderstood
    process = draft_bpmn_save(
        actor=Actor.of(request), process=process, content=bpmn.encode(errors="replace"), revision=revision
    )
    report = report_of(process)
    return JsonResponse({"revision": process.draft_revision, **findings_of(report)})


def findings_of(report: DraftReport) -> Data:
    """What the gate says, for the marks on the elements and the list below."""
    return {
        "ok": report.ok,
        "findings": [
            {"element": each.element, "name": each.where, "level": each.level, "text": each.text}
            for each in report.findings
        ],
        "faults": len(report.faults),
    }


def _data(process: Process, report: DraftReport) -> Data:
    form = report.form
    drawn = read(process.draft_bpmn.encode(), Findings()) if process.draft_bpmn else None
    people = set(selectors.performers_of(drawn)) if drawn else set()
    names = Names(people, form=form)
    return {
        "bpmn": process.draft_bpmn or _empty(process),
        "revision": process.draft_revision,
        "saveUrl": reverse("workflow:draft-designer-save", args=[process.pk]),
        "findUrl": reverse("workflow:performer-find"),
        "fields": [
            {
                "name": each.name,
                "label": each.label.text or each.name,
                "person": each.kind == "person",
                "many": each.kind in ("person", "department") and each.options.many,
                "fixed": each.kind == "computed",
            }
            for each in (form.fields if form else ())
            if each.kind != "note"
        ],
        "names": sorted(form.names) if form else [],
        "services": [{"code": code, "label": str(each.title)} for code, each in hooks.services().items()],
        "processes": [
            {"code": each.code, "label": localized(each)}
            for each in Process.objects.exclude(current=None).filter(stopped_at=None).exclude(pk=process.pk)
        ],
        "people": {each.key: each.label for each in map(names.shown, people) if each.known},
        "words": words(),
        **findings_of(report),
    }


def _empty(process: Process) -> str:
    """A start to draw on from."""
    from office.workflow.bpmn.elements import Definition, Node
    from office.workflow.bpmn.writing import write

    start = Node("process-start", "startEvent", process.code, "开始", "Start")
    made = Definition(
        process.code,
        process.name,
        process.name_en,
        nodes={start.id: start},
        scopes={process.code: (start.id,)},
    )
    return write(made).decode()
