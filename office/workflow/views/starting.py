"""Starting something: the catalogue, the form, who comes next."""

import uuid

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from asp.accounts.access import requires
from asp.audit.actor import Actor
from asp.forms import Bound, bind, carry, live_answer
from asp.idempotency.repeats import repeats
from asp.ui.errors import UserFacingError
from asp.ui.flash import flash
from office.workflow import services
from office.workflow.desk.versions import version_of
from office.workflow.errors import PeopleMissing, PeopleUnfit
from office.workflow.models import Process, ProcessVersion
from office.workflow.permissions import USE
from office.workflow.selectors.access import process_get_for
from office.workflow.selectors.catalogue import catalogue_for
from office.workflow.selectors.form_access import bound_for_start
from office.workflow.views._frame import chosen_in, person, uuid_or_none
from office.workflow.views._next import ways_of

TITLE = 300


@requires(USE)
@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """Everything that one may start, or what is called like `q`."""
    text = request.GET.get("q", "").strip()[:100]
    context = {"catalogue": catalogue_for(person(request), text), "text": text}
    return render(request, "workflow/catalogue.html", context)


@requires(USE)
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, process_id: uuid.UUID) -> HttpResponse:
    """The form that begins a process; sent, the process runs."""
    account = person(request)
    process = process_get_for(account=account, process_id=process_id)
    if request.method != "POST":
        return _page(request, process, bound_for_start(account, process))
    if request.POST.get("version") != str(process.current_id):
        return _outdated(request, process)
    bound = bound_for_start(account, process, posted=request.POST)
    if not bound.is_valid:
        return _page(request, process, bound, status=422)
    try:
        with transaction.atomic():
            instance = services.start(
                actor=Actor.of(request),
                process=process,
                starter=account,
                values=bound.values,
                title=request.POST.get("title", "").strip()[:TITLE],
                chosen=chosen_in(request.POST),
            )
            services.files_attach(instance=instance, values=instance.values)
    except (PeopleMissing, PeopleUnfit) as error:
        return _page(request, process, bound, status=422, problem=error)
    flash(request, _("“{title}” is on its way.").format(title=instance.title))
    return redirect("workflow:instance", instance.pk)


@repeats
@requires(USE)
@require_POST
def ask(request: HttpRequest, process_id: uuid.UUID) -> HttpResponse:
    """While somebody types: which fields are asked, what stands in computed places."""
    account = person(request)
    process = process_get_for(account=account, process_id=process_id)
    return live_answer(bound_for_start(account, process, posted=request.POST, partial=True))


@repeats
@requires(USE)
@require_POST
def following(request: HttpRequest, process_id: uuid.UUID) -> HttpResponse:
    """Who comes next, with the form as it stands; and whom the starter has to choose."""
    account = person(request)
    process = process_get_for(account=account, process_id=process_id)
    bound = bound_for_start(account, process, posted=request.POST, partial=True)
    return render(request, "workflow/_next.html", _next_context(request, process, bound))


def _next_context(request: HttpRequest, process: Process, bound: Bound) -> dict[str, object]:
    account = person(request)
    chosen = chosen_in(request.POST) if request.method == "POST" else {}

    def preview() -> list[services.Next]:
        draft = bound
        if bound.errors and not bound.partial:
            # What is wrong is said beside its field; what comes next is asked with the rest.
            draft = bound_for_start(account, process, posted=request.POST, partial=True)
        values = draft.values if not draft.refused else {}
        return services.preview_start(process=process, starter=account, values=values)

    return {"ways": ways_of([("", "", preview)], chosen), "starting": True}


def _page(
    request: HttpRequest,
    process: Process,
    bound: Bound,
    *,
    status: int = 200,
    problem: UserFacingError | None = None,
    changed: bool = False,
) -> HttpResponse:
    context = {
        "process": process,
        "bound": bound,
        "problem": problem,
        "changed": changed,
        "title": request.POST.get("title", "") if request.method == "POST" else "",
        "version": process.current_id,
        **_next_context(request, process, bound),
    }
    return render(request, "workflow/start.html", context, status=status)


def _outdated(request: HttpRequest, process: Process) -> HttpResponse:
    """A newer version was published while the form was open: what was typed is carried over and shown."""
    account = person(request)
    bound = bound_for_start(account, process)
    shown = uuid_or_none(request.POST.get("version"))
    old = ProcessVersion.objects.filter(process=process, pk=shown).first() if shown else None
    if old is not None and process.current_id is not None:
        before, now = version_of(old.pk), version_of(process.current_id)
        sent = bind(
            before.form,
            {},
            before.access_at_start,
            posted=request.POST,
            files=bound.context.files,
            partial=True,
        )
        if not sent.refused:
            kept = carry(before.form, now.form, sent.values).values
            bound = bind(now.form, kept, now.access_at_start, files=bound.context.files)
    return _page(request, process, bound, status=409, changed=True)
