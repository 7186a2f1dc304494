"""Central templates: the list, adopting one, taking over what is new."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from asp.accounts.access import requires
from asp.audit.actor import Actor
from asp.ui.flash import flash
from office.workflow.bpmn.elements import Performer
from office.workflow.bpmn.steps import steps_from_json
from office.workflow.bpmn.steps.writer import definition_of_steps
from office.workflow.bpmn.svg import svg
from office.workflow.central import Template, merging, templates
from office.workflow.central.people import proposals
from office.workflow.central.words import shown_parts
from office.workflow.managing.errors import AlreadyAdopted, MergeImpossible, NothingNew
from office.workflow.managing.facts import form_read
from office.workflow.managing.performers import Names, performer_of
from office.workflow.permissions import DESIGN
from office.workflow.selectors import manage as selectors
from office.workflow.services import template_adopt, template_merge
from office.workflow.services.templates import three_of

INVALID = 422


@requires(DESIGN)
@require_safe
def template_list(request: HttpRequest) -> HttpResponse:
    """All central templates of this release, and what the office has made of each."""
    return render(request, "workflow/manage/templates.html", {"offers": selectors.template_list()})


@requires(DESIGN)
@require_http_methods(["GET", "HEAD", "POST"])
def adopt(request: HttpRequest) -> HttpResponse:
    """Say who the roles of `template` are here, then adopt it. `op` names or takes away somebody."""
    data = request.POST if request.method == "POST" else request.GET
    template = templates().get(data.get("template", ""))
    if template is None:
        return redirect("workflow:template-list")
    offer = next(each for each in selectors.template_list() if each.template is template)
    if request.method == "POST" and offer.process is not None:
        raise AlreadyAdopted
    op = request.POST.get("op", "")
    people = _people(request, template, op)
    if request.method == "POST" and not op:
        process = template_adopt(actor=Actor.of(request), code=template.code, people=people)
        if process.current_id is not None:
            flash(request, gettext("Adopted and published: it can be used now."))
            return redirect("workflow:process", process.pk)
        flash(
            request,
            gettext("Adopted as a draft. See what is missing before it can be published."),
            kind="warn",
        )
        return redirect("workflow:draft-gate", process.pk)
    names = Names(each for found in people.values() for each in found)
    context = {
        "offer": offer,
        "template": template,
        "needed": [
            (role, [names.shown(each) for each in people.get(role.key, ())]) for role in template.roles
        ],
        "form": form_read(template.form)[0],
        "drawing": svg(definition_of_steps(steps_from_json(template.steps))),
    }
    return render(request, "workflow/manage/adopt.html", context)


@requires(DESIGN)
@require_http_methods(["GET", "HEAD", "POST"])
def news(request: HttpRequest, process_id: uuid.UUID) -> HttpResponse:
    """What is new in the template of a process: take each part, or keep one's own."""
    process = selectors.process_get(process_id)
    template = templates().get(process.origin)
    if template is None or not selectors.has_news(process):
        if request.method == "POST":
            raise NothingNew
        return redirect("workflow:process", process.pk)
    refusal = None
    if request.method == "POST":
        try:
            template_merge(
                actor=Actor.of(request),
                process=process,
                version=_number(request, "version"),
                taken=request.POST.getlist("taken"),
                revision=_number(request, "revision"),
            )
        except MergeImpossible as error:
            refusal = error
        else:
            flash(request, gettext("Done. Look at the draft, then publish it."))
            return redirect("workflow:draft-gate", process.pk)
    parts = merging.compare(*three_of(process, template))
    context = {
        "process": process,
        "line": selectors.line_of(process),
        "template": template,
        "parts": shown_parts(parts),
        "ticked": request.POST.getlist("taken")
        if request.method == "POST"
        else [each.key for each in parts if each.news and not each.contested],
        "refusal": refusal,
    }
    return render(request, "workflow/manage/news.html", context, status=INVALID if refusal else 200)


def _people(request: HttpRequest, template: Template, op: str) -> dict[str, list[Performer]]:
    """Who the roles are. Ops: `people.leader+post:0190…` names, `people.leader-post:0190…` takes away."""
    if request.method != "POST":
        return proposals(template)
    found: dict[str, list[Performer]] = {}
    for role in template.roles:
        key = f"people.{role.key}"
        keys = request.POST.getlist(key)[:50]
        if op.startswith(f"{key}+"):
            keys.append(op[len(key) + 1 :])
        if op.startswith(f"{key}-"):
            keys = [each for each in keys if each != op[len(key) + 1 :]]
        found[role.key] = list(dict.fromkeys(each for one in keys if (each := _performer(one))))
    return found


def _performer(key: str) -> Performer | None:
    try:
        performer = performer_of(key)
    except ValueError:
        return None
    return performer if performer.kind in ("account", "post", "department", "role") else None


def _number(request: HttpRequest, name: str) -> int:
    value = request.POST.get(name, "")
    return int(value[:9]) if value.isascii() and value.isdigit() else -1
