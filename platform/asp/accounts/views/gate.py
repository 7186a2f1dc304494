"""The gate (登录页): sign-in, second factor, forced password, forgotten password, sign-out."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from asp.accounts import forgotten, selectors, services, sign_in
from asp.accounts.access import PENDING_KEY, anyone, safe_next, signed_in, with_next
from asp.accounts.forms import ChangePasswordForm, CodeForm, EnrolForm, ForgottenForm, SignInForm
from asp.accounts.passwords import policy_texts
from asp.accounts.views.pages import codes_page, person
from asp.audit.actor import Actor
from asp.messages.channels import relay_configured
from asp.ui import preferences
from tenants.context import current_site

REMEMBER = "login"


@anyone
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def sign_in_page(request: HttpRequest) -> HttpResponse:
    """Account and password; then on to the second factor, or to where the person wanted to go."""
    target = safe_next(request)
    if request.user.is_authenticated:
        return redirect(target or "/")
    remembered = request.COOKIES.get(preferences.cookie_name(request, REMEMBER), "")
    form = SignInForm(
        request.POST or None,
        initial={"identifier": remembered, "remember": bool(remembered)},
        phone_allowed=current_site().kind == "bureau",
    )
    status, refusal = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            result = sign_in.password_step(
                request, identifier=form.cleaned_data["identifier"], password=form.cleaned_data["password"]
            )
            page = {"second_factor": "accounts:second-factor", "enrol": "accounts:enrol"}.get(result.outcome)
            if page or result.outcome == "signed_in":
                response = redirect(with_next(reverse(page), target) if page else target or "/")
                return _remember(request, response, form)
            refusal = result.outcome
            status = 429 if refusal in ("locked", "source_blocked") else 422
    context = {
        "form": form,
        "refusal": refusal,
        "next": target,
        "forgotten_allowed": relay_configured(),
        "setting_up": current_site().kind == "bureau" and not selectors.administrators_ready(),
    }
    return render(request, "accounts/sign_in.html", context, status=status)


@anyone
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """The code of the authenticator app, or a recovery code."""
    target = safe_next(request)
    account = sign_in.pending_account(request)
    if account is None:
        return redirect(with_next(reverse("accounts:sign-in"), target))
    if not account.has_second_factor:
        return redirect(with_next(reverse("accounts:enrol"), target))
    form = CodeForm(request.POST or None)
    status, refusal = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            result = sign_in.factor_step(request, account=account, code=form.cleaned_data["code"])
            if result.outcome == "signed_in":
                return redirect(target or "/")
            refusal = result.outcome
            status = 429 if refusal in ("locked", "source_blocked") else 422
    context = {"form": form, "refusal": refusal, "next": target, "account": account}
    return render(request, "accounts/second_factor.html", context, status=status)


@anyone
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """An administrator whose second factor was reset sets up a new one before anything else."""
    target = safe_next(request)
    account = sign_in.pending_account(request)
    if account is None or account.has_second_factor or not account.second_factor_required:
        return redirect(with_next(reverse("accounts:second-factor"), target))
    form = EnrolForm(request.POST or None, account=account)
    if request.method == "POST" and form.is_valid():
        codes = services.totp_enrol(
            actor=sign_in.actor_of(request, account),
            account=account,
            seed=form.enrolment.seed,
            code=form.cleaned_data["code"],
        )
        sign_in.complete(request, account, factor=services.FactorUsed("totp"))
        return codes_page(request, codes, gate=True, target=target)
    context = {"form": form, "enrolment": form.enrolment, "next": target}
    return render(request, "accounts/enrol.html", context, status=422 if form.is_bound else 200)


@signed_in(while_restricted=True)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password_required(request: HttpRequest) -> HttpResponse:
    """Somebody must set a new password before anything else."""
    account = person(request)
    target = safe_next(request)
    if not account.must_set_password:
        return redirect(target or "/")
    form = ChangePasswordForm(request.POST or None, account=account)
    if request.method == "POST" and form.is_valid():
        services.password_change(
            actor=Actor.of(request),
            account=account,
            password=form.cleaned_data["password"],
            keep_session=sign_in.session_id(request),
        )
        sign_in.session_renew(request, account)
        return redirect(target or "/")
    context = {"form": form, "next": target, "policy": policy_texts(), "expired": account.password_expired}
    return render(request, "accounts/password_required.html", context, status=422 if form.is_bound else 200)


@anyone
@require_http_methods(["GET", "POST"])
def forgotten_page(request: HttpRequest) -> HttpResponse:
    """Ask for a link by mail. The answer does not tell whether the account exists."""
    form = ForgottenForm(request.POST or None)
    sent = False
    if request.method == "POST" and relay_configured() and form.is_valid():
        forgotten.reset_request(request, identifier=form.cleaned_data["identifier"])
        sent = True
    context = {"form": form, "sent": sent, "relay": relay_configured()}
    return render(request, "accounts/forgotten.html", context, status=422 if form.errors else 200)


@signed_in(while_restricted=True)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    sign_in.sign_out(request)
    return redirect("accounts:sign-in")


@anyone
@require_POST
def start_over(request: HttpRequest) -> HttpResponse:
    """From the second factor back to account and password."""
    if PENDING_KEY in request.session:
        request.session.flush()
    return redirect("accounts:sign-in")


def _remember(request: HttpRequest, response: HttpResponse, form: SignInForm) -> HttpResponse:
    name = preferences.cookie_name(request, REMEMBER)
    if form.cleaned_data["remember"]:
        preferences.cookie_keep(request, response, REMEMBER, form.cleaned_data["identifier"])
    elif name in request.COOKIES:
        response.delete_cookie(name)
    return response
