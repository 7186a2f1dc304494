"""Pages of background work: the list for system administrators, one job, and the part that polls."""

import uuid

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from asp.accounts.access import duty, signed_in
from asp.jobs import selectors
from asp.jobs.models import JobState
from asp.jobs.pages import frame

PAGE_SIZE = 50
FINISHED_EVENT = "tb-job-finished"


@duty("system")
@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    """The jobs of this office, or of the host."""
    state = request.GET.get("state", "")
    if state not in JobState.values:
        state = ""
    with_system = request.GET.get("system") == "1"
    jobs = selectors.jobs_list(state=state, with_system=with_system)
    page = Paginator(jobs, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "frame": frame(request),
        "page": page,
        "state": state,
        "states": JobState.choices,
        "with_system": with_system,
    }
    return render(request, "jobs/_list.html" if request.htmx else "jobs/list.html", context)  # type: ignore[attr-defined]


@signed_in
@require_safe
def job_detail(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """One job, for the person who started it."""
    job = selectors.job_for(request.user, job_id)  # type: ignore[arg-type]
    may_list = selectors.is_system_administrator(request.user)  # type: ignore[arg-type]
    return render(request, "jobs/detail.html", {"frame": frame(request), "job": job, "may_list": may_list})


@signed_in
@require_safe
def job_progress(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """The part that pages fetch every second while the job is open; it says when the job has ended."""
    job = selectors.job_for(request.user, job_id)  # type: ignore[arg-type]
    response = render(request, "jobs/_progress.html", {"job": job})
    if not job.is_open:
        response["HX-Trigger"] = FINISHED_EVENT
    return response
