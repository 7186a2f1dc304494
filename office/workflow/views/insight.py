"""Pages of the insight (流程分析): all processes, one process, all instances; for those who oversee processes."""

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from asp.accounts.access import requires
from asp.audit.actor import Actor
from asp.ui.moments import today
from asp.ui.text import localized
from office.organization.selectors import department_tree
from office.workflow.insight import workbook
from office.workflow.insight.forms import InstancesForm, ScopeForm
from office.workflow.insight.instances import Wanted, instance_list, process_choices, troubles
from office.workflow.insight.report import overview, report, squeezed
from office.workflow.insight.scope import ONE_DAY
from office.workflow.models import Process
from office.workflow.permissions import DESIGN, OVERSEE
from office.workflow.services import insight as services

PAGE_SIZE = 30
MOST_EXPORTED = 20_000
VARIANTS_SHOWN, WAYS_SHOWN, WAITING_SHOWN = 10, 30, 15
PERIODS = (30, 90, 365)


@requires(OVERSEE)
@require_safe
def insight_overview(request: HttpRequest) -> HttpResponse:
    """All processes: what is in progress, what is late, where it waits."""
    form = ScopeForm(request.GET, tree=department_tree())
    scope = form.scope()
    found = overview(scope)
    context = {
        **_frame(request, form, "overview"),
        "overview": found,
        "scope": scope,
        "waiting": found.waiting[:WAITING_SHOWN],
        "most_waiting": max((each.count for _process, each in found.waiting), default=0),
        "troubles": troubles(),
    }
    return render(request, "workflow/insight/overview.html", context)


@requires(OVERSEE)
@require_safe
def insight_process(request: HttpRequest, process_id: uuid.UUID) -> HttpResponse:
    """One process: time per step, ways, variants, what holds it up."""
    process = _process(process_id)
    form = ScopeForm(request.GET, tree=department_tree())
    scope = form.scope(process.pk)
    found = report(process, scope)
    variants = found.variants.rows[:VARIANTS_SHOWN]
    context = {
        **_frame(request, form, "process"),
        "process": process,
        "report": found,
        "scope": scope,
        "drawing": found.drawing(),
        "variants": [(each, squeezed(each.path)) for each in variants],
        "most_variant": max((each.count for each in variants), default=0),
        "ways": found.ways[:WAYS_SHOWN],
        "most_way": max((each.count for each in found.ways), default=0),
        "most_worked": max((each.worked.median for each in found.steps), default=0),
        "most_waiting": max((each.count for each in found.waiting), default=0),
        "troubles": troubles(process.pk),
        "may_design": request.user.has_code(DESIGN),  # type: ignore[union-attr]
    }
    return render(request, "workflow/insight/process.html", context)


@requires(OVERSEE)
@require_safe
def insight_export(request: HttpRequest, process_id: uuid.UUID | None = None) -> HttpResponse:
    """The tables as Excel, as the page is narrowed down."""
    process = _process(process_id) if process_id else None
    scope = ScopeForm(request.GET, tree=department_tree()).scope(process_id)
    if process is None:
        content = workbook.of_overview(overview(scope))
        name = gettext("Processes {day}.xlsx")
    else:
        content = workbook.of_process(report(process, scope))
        name = gettext("{process} {day}.xlsx")
    services.figures_exported(actor=Actor.of(request), process=process, scope=scope)
    return _spreadsheet(content, name.format(process=localized(process), day=today().isoformat()))


@requires(OVERSEE)
@require_safe
def insight_instances(request: HttpRequest) -> HttpResponse:
    """All instances, narrowed down as the address says; what needs a hand stands on top."""
    form, wanted = _wanted(request)
    now = timezone.now()
    page = Paginator(instance_list(wanted, now), PAGE_SIZE).get_page(request.GET.get("page"))
    plain = wanted == Wanted()
    context = {
        "form": form,
        "page": page,
        "filtered": not plain,
        "troubles": troubles() if plain and page.number == 1 else [],
        "query": request.GET.urlencode(),
        "tab": "instances",
    }
    part = getattr(request, "htmx", None)
    return render(
        request, "workflow/insight/_instances.html" if part else "workflow/insight/instances.html", context
    )


@requires(OVERSEE)
@require_safe
def insight_instances_export(request: HttpRequest) -> HttpResponse:
    """The list of instances as Excel, as it is narrowed down."""
    _form, wanted = _wanted(request)
    rows = list(instance_list(wanted, timezone.now())[:MOST_EXPORTED])
    services.instances_exported(actor=Actor.of(request), count=len(rows))
    name = gettext("Instances {day}.xlsx").format(day=today().isoformat())
    return _spreadsheet(workbook.of_instances(rows), name)


def _process(process_id: uuid.UUID) -> Process:
    found = Process.objects.select_related("current").filter(pk=process_id).first()
    if found is None:
        raise Http404
    return found


def _wanted(request: HttpRequest) -> tuple[InstancesForm, Wanted]:
    form = InstancesForm(request.GET, tree=department_tree(), processes=process_choices())
    return form, form.wanted()


def _frame(request: HttpRequest, form: ScopeForm, tab: str) -> dict[str, Any]:
    """The filter, the ready-made periods beside it, and the address for the spreadsheet."""
    until = today()
    periods = [(days, (until - (days - 1) * ONE_DAY).isoformat(), until.isoformat()) for days in PERIODS]
    return {"form": form, "tab": tab, "periods": periods, "query": request.GET.urlencode()}


def _spreadsheet(content: bytes, filename: str) -> HttpResponse:
    response = HttpResponse(content, content_type=workbook.MEDIA_TYPE)
    response["Content-Disposition"] = content_disposition_header(True, filename)
    return response
