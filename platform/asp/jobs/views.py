"""Pages of background work: the list for system administrators, regular work, one job and its progress."""

import uuid

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from asp.accounts.access import duty, signed_in
from asp.audit.actor import Actor
from asp.jobs import acts, registry, selectors
from asp.jobs.models import JobState
from asp.jobs.pages import frame
from asp.ui.flash import flash
from tenants.context import current_site

PAGE_SIZE = 50
FINISHED_EVENT = "tb-job-finished"


@duty("system")
@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    """The jobs of this office, or of the host."""
    state = request.GET.get("state", "")
    if state not in JobState.values:
        state = ""
    kinds = selectors.kinds()
    kind = request.GET.get("kind", "")
    if kind not in dict(kinds):
        kind = ""
    # Who asks for one kind of work means all of it.
    with_system = request.GET.get("system") == "1" or bool(kind)
    jobs = selectors.jobs_list(state=state, kind=kind, with_system=with_system)
    page = Paginator(jobs, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "frame": frame(request),
        "page": page,
        "state": state,
        "states": JobState.choices,
        "kind": kind,
        "kinds": kinds,
        "with_system": with_system,
    }
    return render(request, "jobs/_list.html" if request.htmx else "jobs/list.html", context)  # type: ignore[attr-defined]


@signed_in
@require_safe
def job_detail(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """One job, for the person who started it."""
    job = selectors.job_for(request.user, job_id)  # type: ignore[arg-type]
    context = {
        "frame": frame(request),
        "job": job,
        "may_list": selectors.is_system_administrator(request.user),  # type: ignore[arg-type]
        "may_cancel": acts.may_cancel(job),
        "may_retry": acts.may_retry(job),
        "follower": selectors.follower_of(job),
    }
    return render(request, "jobs/detail.html", context)


@signed_in
@require_POST
def job_cancel(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Stop an open job, for the person who started it."""
    job = selectors.job_for(request.user, job_id)  # type: ignore[arg-type]
    acts.job_cancel_by(actor=Actor.of(request), job=job)
    flash(request, gettext("The task was cancelled."))
    return redirect("jobs:detail", job.id)


@signed_in
@require_POST
def job_retry(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Ask for a failed job once more, and show the new one."""
    job = selectors.job_for(request.user, job_id)  # type: ignore[arg-type]
    again = acts.job_retry(actor=Actor.of(request), job=job)
    return redirect("jobs:detail", again.id)


@duty("system")
@require_safe
def regular(request: HttpRequest) -> HttpResponse:
    """What the system does by itself, how it went the last time and when it comes again."""
    return render(
        request, "jobs/regular.html", {"frame": frame(request), "lines": selectors.regular(current_site())}
    )


@duty("system")
@require_POST
def regular_run(request: HttpRequest) -> HttpResponse:
    """Do regular work before its time, and show how it goes."""
    try:
        spec = registry.find(request.POST.get("name", ""))
    except registry.UnknownJobError as error:
        raise acts.NotByHand from error
    job = acts.job_run_by_hand(actor=Actor.of(request), spec=spec)
    return redirect("jobs:detail", job.id)


@duty("system")
@require_safe
def offices(request: HttpRequest) -> HttpResponse:
    """How much work waits or runs in each office; what it is about is the office's own affair."""
    return render(
        request, "jobs/offices.html", {"frame": frame(request), "lines": selectors.open_by_office()}
    )


@signed_in
@require_safe
def job_progress(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """The part that pages fetch whenever the open job gets on; it says when the job has ended."""
    job = selectors.job_for(request.user, job_id)  # type: ignore[arg-type]
    response = render(request, "jobs/_progress.html", {"job": job})
    if not job.is_open:
        response["HX-Trigger"] = FINISHED_EVENT
    return response
