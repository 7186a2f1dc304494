"""Absences: who stands in for me, when, and for what (外出委托)."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from asp.accounts.access import requires
from asp.audit.actor import Actor
from asp.ui.errors import UserFacingError
from asp.ui.flash import flash
from asp.ui.moments import today
from asp.ui.text import localized
from office.workflow import services
from office.workflow.errors import PeopleMissing
from office.workflow.forms_work import AbsenceForm
from office.workflow.models import Process
from office.workflow.permissions import OVERSEE, USE
from office.workflow.selectors.absences import (
    absence_get_for,
    absences_of,
    absences_of_others,
    absences_stood_in,
    past_absences_of,
)
from office.workflow.selectors.access import colleagues_get
from office.workflow.views._acts import MISSING
from office.workflow.views._frame import person, uuid_or_none
from office.workflow.views._next import entries_of


@requires(USE, OVERSEE)
@require_http_methods(["GET", "HEAD", "POST"])
def absences(request: HttpRequest) -> HttpResponse:
    """Everything about absences; sent, a new one."""
    account = person(request)
    names = _process_names()
    initial = {"begins": today(), "ends": today()}
    form = AbsenceForm(request.POST or None, processes=list(names.items()), initial=initial)
    problem: UserFacingError | None = None
    if request.method == "POST":
        problem = _set(request, form)
        if problem is None and not form.errors:
            flash(request, _("Your absence is set. What comes meanwhile goes to your deputy."))
            return redirect("workflow:absences")
    chosen = [key for each in request.POST.getlist("to") if (key := uuid_or_none(each)) is not None]
    context = {
        "form": form,
        "problem": problem,
        "chosen": entries_of(chosen),
        "mine": absences_of(account),
        "past": past_absences_of(account),
        "stood_in": absences_stood_in(account),
        "others": absences_of_others(account),
        "process_names": names,
        "now": timezone.now(),
    }
    return render(request, "workflow/absences.html", context, status=422 if problem or form.errors else 200)


def _set(request: HttpRequest, form: AbsenceForm) -> UserFacingError | None:
    """Keep the new absence, or say why not."""
    try:
        sent = [each for each in request.POST.getlist("to") if each]
        if len(sent) != 1:
            raise PeopleMissing(message=MISSING)
        (deputy,) = colleagues_get(sent)
        if not form.is_valid():
            return None
        begins, ends = form.span
        services.absence_set(
            actor=Actor.of(request),
            account=person(request),
            deputy=deputy,
            begins=begins,
            ends=ends,
            processes=[uuid.UUID(each) for each in form.cleaned_data.get("processes", ())],
            moves=form.cleaned_data["moves"],
            note=form.cleaned_data["note"],
        )
    except UserFacingError as error:
        return error
    return None


@requires(USE, OVERSEE)
@require_POST
def end(request: HttpRequest, absence_id: uuid.UUID) -> HttpResponse:
    """End an absence before its time, or call one off that lies ahead."""
    found = absence_get_for(account=person(request), absence_id=absence_id)
    services.absence_end(actor=Actor.of(request), absence=found)
    flash(
        request,
        _("The absence is over: what comes now comes to {name}.").format(name=localized(found.account)),
    )
    return redirect("workflow:absences")


def _process_names() -> dict[str, str]:
    rows = Process.objects.filter(current__isnull=False).only("name", "name_en")
    return {str(each.pk): localized(each) for each in rows}
