"""The office's calendar: the year for everybody, own days and hours for the system administrator."""

import uuid

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from asp.accounts.access import duty, signed_in
from asp.audit.actor import Actor
from asp.ui.errors import UserFacingError
from asp.ui.flash import flash
from asp.workdays import OfficeHours, calendar_for_site
from asp.workdays.forms import HoursForm, LocalDayForm
from asp.workdays.selectors import pages
from asp.workdays.selectors.year import year_view
from asp.workdays.services import hours_set, local_day_add, local_day_remove

INVALID = 422
PAGE_SIZE = 20


@signed_in
@require_safe
def year(request: HttpRequest) -> HttpResponse:
    """Twelve months as they are worked in this office."""
    shown = pages.year_of(request.GET.get("year"))
    calendar = calendar_for_site()
    context = {
        "view": year_view(calendar, shown),
        "years": [each for each in range(shown - 2, shown + 3) if pages.FIRST <= each <= pages.LAST],
        "row": pages.year_row(shown),
        "hours": calendar.hours,
        "may_change": getattr(request.user, "duty", "") == "system",
    }
    return render(request, "workdays/year.html", context)


@duty("system")
@require_http_methods(["GET", "HEAD", "POST"])
def local(request: HttpRequest) -> HttpResponse:
    """The office's own days and hours, and the deadlines that moved; takes a new day, or hours."""
    if request.method != "POST":
        return _local(request)
    return _hours(request) if request.POST.get("what") == "hours" else _add(request)


def _add(request: HttpRequest) -> HttpResponse:
    form = LocalDayForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            local_day_add(
                actor=Actor.of(request), day=data["day"], works=data["works"] == "work", reason=data["reason"]
            )
        except UserFacingError as error:
            form.add_error(None, error.text)
        else:
            flash(request, gettext("The day is set. Open deadlines follow."))
            return redirect("workdays:local")
    return _local(request, days=form)


def _hours(request: HttpRequest) -> HttpResponse:
    hours: OfficeHours | None = None
    if not request.POST.get("reset"):
        form = HoursForm(request.POST)
        if not form.is_valid():
            return _local(request, hours_form=form)
        hours = form.cleaned_data["hours"]
    hours_set(actor=Actor.of(request), hours=hours)
    flash(request, gettext("Office hours are set."))
    return redirect("workdays:local")


@duty("system")
@require_POST
def local_remove(request: HttpRequest, day_id: uuid.UUID) -> HttpResponse:
    """Remove one."""
    local_day_remove(actor=Actor.of(request), local_day=pages.local_day_get(day_id))
    flash(request, gettext("The rule is removed. Open deadlines follow."))
    return redirect("workdays:local")


def _local(
    request: HttpRequest, days: LocalDayForm | None = None, hours_form: HoursForm | None = None
) -> HttpResponse:
    page = Paginator(pages.moved(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "days": pages.local_days(),
        "form": days or LocalDayForm(),
        "hours_form": hours_form or HoursForm(initial=HoursForm.initial_of(calendar_for_site().hours)),
        "own_hours": pages.own_hours(),
        "page": page,
        "moved": [pages.moved_line(each) for each in page],
        "job": pages.recomputing(),
    }
    return render(request, "workdays/local.html", context, status=INVALID if days or hours_form else 200)
