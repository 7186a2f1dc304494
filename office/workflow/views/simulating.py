"""The page of the simulator: what a draft would have changed; for those who design processes."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from asp.accounts.access import requires
from asp.audit.actor import Actor
from asp.jobs.models import Job
from asp.ui.flash import flash
from asp.ui.moments import today
from office.workflow.insight.drafts import SimulationImpossible
from office.workflow.insight.forms import PeriodForm
from office.workflow.insight.instances import trouble_text
from office.workflow.insight.scope import ONE_DAY, period
from office.workflow.insight.simulator import FORMAT, MOST
from office.workflow.managing.facts import report_of
from office.workflow.models import Instance, Process
from office.workflow.permissions import DESIGN, OVERSEE
from office.workflow.services import insight as services

INVALID = 422
USUAL_DAYS = 30
SHOWN = 50


@requires(DESIGN)
@require_http_methods(["GET", "POST"])
def simulate(request: HttpRequest, process_id: uuid.UUID) -> HttpResponse:
    """Play former instances through the draft, and show what would have been different."""
    process = Process.objects.select_related("current").filter(pk=process_id).first()
    if process is None:
        raise Http404
    form = PeriodForm(request.POST) if request.method == "POST" else PeriodForm(initial=_usual())
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            first, last = period(chosen["since"], chosen["until"], today())
            services.simulation_start(actor=Actor.of(request), process=process, first=first, last=last)
        except SimulationImpossible as error:
            form.add_error(None, error.text)
        else:
            flash(request, gettext("The simulation has begun. You can close this page; it goes on."))
            return redirect("workflow:simulate", process_id=process.pk)
    status = INVALID if form.is_bound and not form.is_valid() else 200
    job = Job.objects.filter(name="workflow.simulate", about=process.pk).order_by("-id").first()
    context = {
        "process": process,
        "form": form,
        "report": report_of(process) if not getattr(request, "htmx", None) else None,
        "job": job,
        "most": MOST,
        **_result(request, process, job),
    }
    part = getattr(request, "htmx", None)
    name = "workflow/insight/_simulation.html" if part else "workflow/insight/simulate.html"
    return render(request, name, context, status=status)


def _usual() -> dict[str, Any]:
    until = today()
    return {"since": until - (USUAL_DAYS - 1) * ONE_DAY, "until": until}


def _result(request: HttpRequest, process: Process, job: Job | None) -> dict[str, Any]:
    """What the last simulation found, with the titles of instances for those who may see every instance."""
    found = job.result if job is not None and job.state == "done" else None
    if not found or found.get("format") != FORMAT:
        return {"result": None}
    rows = [*found["instances"][:SHOWN], *found["failed"][:SHOWN]]
    titles: dict[str, str] = {}
    if request.user.has_code(OVERSEE):  # type: ignore[union-attr]
        keys = [each["id"] for each in rows]
        known = Instance.objects.filter(pk__in=keys, process=process).values_list("pk", "title")
        titles = {str(key): title for key, title in known}
    for each in rows:
        each["title"] = titles.get(each["id"], "")
    return {
        "result": found,
        "changed": found["instances"][:SHOWN],
        "failed": found["failed"][:SHOWN],
        "unplayed": found["total"] - found["played"],
        "problems": [{**each, "text": problem_text(each)} for each in found["problems"]],
        "outdated": found["revision"] != process.draft_revision,
        "most_step": max((max(each["before"], each["after"]) for each in found["steps"]), default=0),
    }


def problem_text(problem: dict[str, Any]) -> str:
    """Why instances could not be played to their end."""
    if problem["code"] == "too_long":
        return gettext("The draft goes round and round with the recorded decisions.")
    if problem["code"] == "stuck":
        return gettext("The draft waits for something that never happened.")
    return trouble_text(problem)
