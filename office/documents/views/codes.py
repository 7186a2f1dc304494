"""Agency codes and the registers of their years."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from asp.accounts.access import requires
from asp.audit.actor import Actor
from asp.ui.flash import flash
from asp.ui.moments import today
from office.documents import selectors, services
from office.documents.forms import CodeChangeForm, CodeForm, ReasonForm
from office.documents.numbering import Style
from office.documents.permissions import MANAGE
from office.documents.views._frame import FORM, asked


@requires(MANAGE)
@require_safe
def code_list(request: HttpRequest) -> HttpResponse:
    """All codes with their registers."""
    return render(request, "documents/codes.html", {"lines": selectors.code_list()})


@requires(MANAGE)
@require_http_methods(FORM)
def code_new(request: HttpRequest) -> HttpResponse:
    """A code, and where its register begins."""

    def do(form: CodeForm) -> HttpResponse:
        given = dict(form.cleaned_data)
        first, actor = given.pop("first"), Actor.of(request)
        code = services.code_create(actor=actor, **given)
        if first > 1:
            year = today().year if Style(code.style).is_yearly else 0
            services.series_begin(actor=actor, code=code, year=year, first=first)
        flash(request, gettext("Documents can be numbered under {code} now.").format(code=code.code))
        return redirect("documents:code-list")

    return asked(
        request,
        CodeForm(request.POST or None),
        do,
        title=_("New agency code"),
        button=_("Set it up"),
        back=reverse("documents:code-list"),
    )


@requires(MANAGE)
@require_http_methods(FORM)
def code(request: HttpRequest, code_id: uuid.UUID) -> HttpResponse:
    """What a code is for, and how it is written as long as it has no numbers."""
    found = selectors.code_get(code_id)
    initial = {"style": found.style, "use": found.use, "sort": found.sort}

    def do(form: CodeChangeForm) -> HttpResponse:
        services.code_update(actor=Actor.of(request), code=found, **form.cleaned_data)
        flash(request, gettext("Saved."))
        return redirect("documents:code-list")

    return asked(
        request,
        CodeChangeForm(request.POST or None, initial=initial),
        do,
        title=_("Agency code {code}").format(code=found.code),
        button=_("Save"),
        back=reverse("documents:code-list"),
    )


@requires(MANAGE)
@require_POST
def stop(request: HttpRequest, code_id: uuid.UUID) -> HttpResponse:
    """Number nothing more under a code."""
    found = selectors.code_get(code_id)
    services.code_stop(actor=Actor.of(request), code=found)
    flash(
        request, gettext("Nothing more is numbered under {code}. Its registers stay.").format(code=found.code)
    )
    return redirect("documents:code-list")


@requires(MANAGE)
@require_POST
def resume(request: HttpRequest, code_id: uuid.UUID) -> HttpResponse:
    """Number under a code again."""
    found = selectors.code_get(code_id)
    services.code_resume(actor=Actor.of(request), code=found)
    flash(request, gettext("Documents can be numbered under {code} again.").format(code=found.code))
    return redirect("documents:code-list")


@requires(MANAGE)
@require_POST
def series_close(request: HttpRequest, series_id: uuid.UUID) -> HttpResponse:
    """Close a year's register."""
    found = selectors.series_get(series_id)
    services.series_close(actor=Actor.of(request), series=found)
    flash(request, gettext("The register is closed."))
    return redirect("documents:code-list")


@requires(MANAGE)
@require_http_methods(FORM)
def series_reopen(request: HttpRequest, series_id: uuid.UUID) -> HttpResponse:
    """Open a closed register again, with a reason."""
    found = selectors.series_get(series_id)

    def do(form: ReasonForm) -> HttpResponse:
        services.series_reopen(actor=Actor.of(request), series=found, reason=form.cleaned_data["reason"])
        flash(request, gettext("The register is open again."))
        return redirect("documents:code-list")

    return asked(
        request,
        ReasonForm(request.POST or None),
        do,
        title=_("Open the register of {year} for {code} again").format(year=found.year, code=found.code.code),
        button=_("Open it again"),
        back=reverse("documents:code-list"),
    )
