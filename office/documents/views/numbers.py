"""The register of document numbers (发文登记簿)."""

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from asp.accounts.access import requires
from asp.audit.actor import Actor
from asp.exports import services as exports
from asp.ui.flash import flash
from office.documents import selectors, services
from office.documents.exporting import EXPORT
from office.documents.forms import CorrectForm, EntryForm, FilterForm, ReasonForm, ReserveForm, TakeForm
from office.documents.models import Number
from office.documents.permissions import MANAGE, REGISTER
from office.documents.views._frame import FORM, asked, person

PER_PAGE = 50


@requires(REGISTER, MANAGE)
@require_safe
def number_list(request: HttpRequest) -> HttpResponse:
    """The register with its filter, its accounts and one's exports."""
    form = FilterForm(request.GET)
    wanted = form.wanted()
    account = person(request)
    accounts = [each for each in selectors.accounts_of(wanted) if each.given or not each.holds]
    shown = [each for each in accounts if not each.holds or wanted.is_narrow or each.is_current]
    page = Paginator(selectors.numbers_of(wanted), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "filtered": form.is_set,
        "page": page,
        "accounts": shown,
        "accounts_more": len(accounts) - len(shown),
        "exports": exports.card_of(account.pk, EXPORT),
        "any_code": selectors.codes_open().exists(),
        "registers": account.has_code(REGISTER),
        "manages": account.has_code(MANAGE),
    }
    return render(request, "documents/numbers.html", context)


@requires(REGISTER, MANAGE)
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """Let what the filter in the address shows be made a spreadsheet."""
    from office.documents.tasks import register_export

    wanted = FilterForm(request.GET).wanted()
    exports.export_start(actor=Actor.of(request), job=register_export, params={"wanted": wanted.as_params()})
    if request.htmx:  # type: ignore[attr-defined]
        card = exports.card_of(person(request).pk, EXPORT)
        return render(request, "exports/_card.html", {"exports": card})
    return redirect(f"{reverse('documents:number-list')}?{request.GET.urlencode()}")


@requires(REGISTER)
@require_http_methods(FORM)
def take(request: HttpRequest) -> HttpResponse:
    """The next number for a document that was signed."""
    form = TakeForm(request.POST or None)

    def do(form: TakeForm) -> HttpResponse:
        number = services.number_take(
            actor=Actor.of(request),
            account=person(request),
            code=form.cleaned_data["code"],
            entry=form.entry(),
        )
        flash(request, gettext("The number is {number}.").format(number=number.text))
        return redirect("documents:number", number.pk)

    return asked(
        request,
        form,
        do,
        title=_("Give a number"),
        button=_("Give the number"),
        back=reverse("documents:number-list"),
        none_open=not selectors.codes_open().exists(),
    )


@requires(REGISTER)
@require_http_methods(FORM)
def reserve(request: HttpRequest) -> HttpResponse:
    """Numbers to be used later."""
    form = ReserveForm(request.POST or None, initial={"until": ReserveForm.until_default()})

    def do(form: ReserveForm) -> HttpResponse:
        found = services.numbers_reserve(
            actor=Actor.of(request), account=person(request), **form.cleaned_data
        )
        said = ngettext("{first} is reserved.", "{first} to {last} are reserved.", len(found))
        flash(request, said.format(first=found[0].text, last=found[-1].text))
        return redirect("documents:number-list")

    return asked(
        request,
        form,
        do,
        title=_("Reserve numbers"),
        button=_("Reserve"),
        back=reverse("documents:number-list"),
        none_open=not selectors.codes_open().exists(),
    )


@requires(REGISTER, MANAGE)
@require_safe
def number(request: HttpRequest, number_id: uuid.UUID) -> HttpResponse:
    """One number: what it stands for, and what happened to it."""
    found = selectors.number_get(number_id)
    account = person(request)
    context = {
        "number": found,
        "history": selectors.history_of(found),
        "registers": account.has_code(REGISTER),
        "manages": account.has_code(MANAGE),
    }
    return render(request, "documents/number.html", context)


@requires(REGISTER)
@require_http_methods(FORM)
def use(request: HttpRequest, number_id: uuid.UUID) -> HttpResponse:
    """Use a number that was reserved or released."""
    found = selectors.number_get(number_id)
    form = EntryForm(request.POST or None, initial={"title": found.title})

    def do(form: EntryForm) -> HttpResponse:
        services.number_use(
            actor=Actor.of(request), account=person(request), number=found, entry=form.entry()
        )
        return _done(request, found, gettext("{number} is used now."))

    return _ask(request, found, form, do, title=_("Use {number}"), button=_("Use the number"))


@requires(REGISTER)
@require_http_methods(FORM)
def correct(request: HttpRequest, number_id: uuid.UUID) -> HttpResponse:
    """Put right what the register says."""
    found = selectors.number_get(number_id)
    form = CorrectForm(request.POST or None, initial=CorrectForm.initial_of(found))

    def do(form: CorrectForm) -> HttpResponse:
        services.number_correct(
            actor=Actor.of(request),
            account=person(request),
            number=found,
            entry=form.entry(),
            reason=form.cleaned_data["reason"],
        )
        return _done(request, found, gettext("The entry of {number} is corrected."))

    return _ask(request, found, form, do, title=_("Correct the entry of {number}"), button=_("Correct"))


@requires(REGISTER)
@require_http_methods(FORM)
def void(request: HttpRequest, number_id: uuid.UUID) -> HttpResponse:
    """Void a number; it stays in the register."""
    return _reasoned(
        request,
        number_id,
        services.number_void,
        said=gettext("{number} is void now. It stays in the register."),
        title=_("Void {number}"),
        button=_("Void the number"),
        danger=True,
        text=_(
            "The number stays in the register with your reason. It is not used again, unless somebody releases it."
        ),
    )


@requires(MANAGE)
@require_http_methods(FORM)
def release(request: HttpRequest, number_id: uuid.UUID) -> HttpResponse:
    """Approve that a void number of this year is used again."""
    return _reasoned(
        request,
        number_id,
        services.number_free,
        said=gettext("{number} may be used again."),
        title=_("Release {number}"),
        button=_("Release for use again"),
        text=_("Whoever numbers documents may then give this number to another document of this year."),
    )


def _reasoned(
    request: HttpRequest, number_id: uuid.UUID, service: Any, *, said: str, **context: Any
) -> HttpResponse:
    """Ask for a reason, and let `service` do it."""
    found = selectors.number_get(number_id)

    def do(form: ReasonForm) -> HttpResponse:
        reason = form.cleaned_data["reason"]
        service(actor=Actor.of(request), account=person(request), number=found, reason=reason)
        return _done(request, found, said)

    return _ask(request, found, ReasonForm(request.POST or None), do, **context)


def _ask(
    request: HttpRequest, found: Number, form: Any, do: Any, *, title: Any, **context: Any
) -> HttpResponse:
    back = reverse("documents:number", args=[found.pk])
    return asked(request, form, do, title=str(title).format(number=found.text), back=back, **context)


def _done(request: HttpRequest, found: Number, said: str) -> HttpResponse:
    flash(request, said.format(number=found.text))
    return redirect("documents:number", found.pk)
