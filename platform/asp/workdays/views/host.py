"""The host's calendar: a year, where it is from, its history, and the import of a notice."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from asp.accounts.access import duty
from asp.audit.actor import Actor
from asp.ui.errors import UserFacingError
from asp.ui.flash import flash
from asp.ui.moments import today
from asp.workdays.current import national_calendar
from asp.workdays.forms import ConfirmForm, NoticeForm
from asp.workdays.notice.reading import read
from asp.workdays.selectors import pages
from asp.workdays.selectors.preview import Preview, preview_of
from asp.workdays.selectors.year import year_view
from asp.workdays.services import notice_import

INVALID = 422


@duty("system")
@require_safe
def year(request: HttpRequest) -> HttpResponse:
    """Twelve months, where they are from, and what changed so far."""
    shown = pages.year_of(request.GET.get("year"))
    context = {
        "view": year_view(national_calendar().calendar, shown),
        "years": _around(shown),
        "row": pages.year_row(shown),
        "history": pages.history(),
        "job": pages.spreading(),
    }
    return render(request, "workdays/host_year.html", context)


@duty("system")
@require_http_methods(["GET", "HEAD", "POST"])
def notice(request: HttpRequest) -> HttpResponse:
    """Paste a notice; see what it says and what it would change; then, and only then, put it in force."""
    if request.method != "POST":
        initial = {"year": pages.year_of(request.GET.get("year") or str(today().year + 1))}
        return _page(request, NoticeForm(initial=initial), None, 200)
    confirmed = "seen" in request.POST
    form = ConfirmForm(request.POST) if confirmed else NoticeForm(request.POST)
    if not form.is_valid():
        return _page(request, form, None, INVALID)
    data, status = form.cleaned_data, 200
    if confirmed:
        try:
            change = notice_import(
                actor=Actor.of(request),
                year=data["year"],
                text=data["text"],
                number=data["number"],
                provisional=data["provisional"],
                seen=data["seen"],
            )
        except UserFacingError as error:
            form.add_error(None, error.text)
            status = error.status
        else:
            flash(request, gettext("The working days of {year} are in force.").format(year=change.year))
            return redirect(f"{reverse('workdays:year')}?year={change.year}")
    preview = preview_of(read(data["text"], data["year"]), provisional=data["provisional"])
    return _page(request, form, preview, INVALID if preview.reading.errors else status)


def _page(request: HttpRequest, form: NoticeForm, preview: Preview | None, status: int) -> HttpResponse:
    view = year_view(preview.after, preview.reading.year) if preview and not preview.reading.errors else None
    return render(
        request, "workdays/import.html", {"form": form, "preview": preview, "view": view}, status=status
    )


def _around(shown: int) -> list[int]:
    return [year for year in range(shown - 2, shown + 3) if pages.FIRST <= year <= pages.LAST]
