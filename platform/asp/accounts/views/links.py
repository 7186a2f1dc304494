"""Pages that a one-time link opens: activation, and a new password."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from asp.accounts import selectors, services, sign_in
from asp.accounts.access import anyone
from asp.accounts.forms import ActivationForm, NewPasswordForm
from asp.accounts.links import link_find
from asp.accounts.models import AccountKind, Link, LinkPurpose
from asp.accounts.passwords import policy_texts
from asp.accounts.views.pages import codes_page
from asp.audit.actor import Actor
from asp.ui.flash import flash


@anyone
@sensitive_variables("token")
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def activate(request: HttpRequest, token: str) -> HttpResponse:
    """Open a link. Looking at the page uses nothing up: mail scanners look too."""
    link = link_find(token)
    if link is None:
        return _private(render(request, "accounts/link_unknown.html", status=404))
    if not link.is_live:
        return _private(render(request, "accounts/link_over.html", {"link": link}, status=410))
    page = _activation if link.purpose == LinkPurpose.ACTIVATION else _reset
    return _private(page(request, link))


def _activation(request: HttpRequest, link: Link) -> HttpResponse:
    account = link.account
    form = ActivationForm(request.POST or None, account=account)
    if request.method == "POST" and form.is_valid():
        enrolment = getattr(form, "enrolment", None)
        secrets = services.activation_complete(
            link=link,
            password=form.cleaned_data["password"],
            totp_seed=enrolment.seed if enrolment else None,
            totp_code=form.cleaned_data["code"] if enrolment else None,
            actor=Actor.of(request),
        )
        account = secrets.account
        if account.kind == AccountKind.STAFF and not selectors.administrators_ready():
            flash(
                request, gettext("Your account is active. You can sign in as soon as the office is set up.")
            )
            return redirect("accounts:sign-in")
        factor = services.FactorUsed("totp") if enrolment else None
        sign_in.complete(request, account, factor=factor)
        return codes_page(request, list(secrets.recovery_codes), gate=True) if factor else redirect("/")
    context = {
        "form": form,
        "account": account,
        "enrolment": getattr(form, "enrolment", None),
        "policy": policy_texts(),
    }
    return render(request, "accounts/activate.html", context, status=422 if form.is_bound else 200)


def _reset(request: HttpRequest, link: Link) -> HttpResponse:
    form = NewPasswordForm(request.POST or None, account=link.account)
    if request.method == "POST" and form.is_valid():
        services.reset_complete(link=link, password=form.cleaned_data["password"], actor=Actor.of(request))
        # Not signed in by the link alone: the second factor, if there is one, is still asked for.
        flash(request, gettext("Your new password is set. Sign in with it."))
        return redirect("accounts:sign-in")
    context = {"form": form, "account": link.account, "policy": policy_texts()}
    return render(request, "accounts/reset.html", context, status=422 if form.is_bound else 200)


def _private(response: HttpResponse) -> HttpResponse:
    # The address is a secret: no cache may keep the page. (Other sites never learn it: the referrer
    # policy is same-origin. With no-referrer, browsers would send the form with `Origin: null`.)
    response["Cache-Control"] = "private, no-store"
    return response
