"""A person's own pages: profile, password and second factor, sessions."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from asp.accounts import selectors, services, sign_in
from asp.accounts.access import signed_in
from asp.accounts.devices import describe
from asp.accounts.forms import ChangePasswordForm, ConfirmPasswordForm, EnrolForm, ProfileForm
from asp.accounts.passwords import policy_texts
from asp.accounts.views.pages import codes_page, frame, person
from asp.audit.actor import Actor
from asp.ui import preferences
from asp.ui.flash import flash


@signed_in
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """English name, mail address, language, appearance."""
    account = person(request)
    initial = {each: getattr(account, each) for each in ("name_en", "email", "language", "theme")}
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.profile_update(actor=Actor.of(request), account=account, **form.cleaned_data)
        flash(request, gettext("Saved."))
        response = redirect("accounts:profile")
        # The browser's own memory must not contradict the person's choice once they have signed out.
        for what in (preferences.LANGUAGE, preferences.THEME):
            if value := form.cleaned_data[what]:
                preferences.cookie_keep(request, response, what, value)
        return response
    context = {"frame": frame(), "form": form, "account": account, "active": "profile"}
    return render(request, "accounts/profile.html", context, status=422 if form.is_bound else 200)


@signed_in
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def security(request: HttpRequest) -> HttpResponse:
    """Change the password; see what protects the account."""
    account = person(request)
    form = ChangePasswordForm(request.POST or None, account=account)
    if request.method == "POST" and form.is_valid():
        services.password_change(
            actor=Actor.of(request),
            account=account,
            password=form.cleaned_data["password"],
            keep_session=sign_in.session_id(request),
        )
        sign_in.session_renew(request, account)
        flash(request, gettext("Your password has been changed. Other devices have been signed out."))
        return redirect("accounts:security")
    context = {
        "frame": frame(),
        "form": form,
        "account": account,
        "policy": policy_texts(),
        "codes_left": account.recovery_codes.filter(used_at__isnull=True).count(),
        "active": "security",
    }
    return render(request, "accounts/security.html", context, status=422 if form.is_bound else 200)


@signed_in
@require_http_methods(["GET", "POST"])
def factor_enrol(request: HttpRequest) -> HttpResponse:
    """Set up an authenticator app, or a new one in place of the old."""
    account = person(request)
    form = EnrolForm(request.POST or None, account=account)
    if request.method == "POST" and form.is_valid():
        codes = services.totp_enrol(
            actor=Actor.of(request),
            account=account,
            seed=form.enrolment.seed,
            code=form.cleaned_data["code"],
        )
        return codes_page(request, codes)
    context = {"frame": frame(), "form": form, "enrolment": form.enrolment, "active": "security"}
    return render(request, "accounts/factor_enrol.html", context, status=422 if form.is_bound else 200)


@signed_in
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def factor_remove(request: HttpRequest) -> HttpResponse:
    """Do without the second factor again; asks for the password."""
    account = person(request)
    if account.second_factor_required or not account.has_second_factor:
        raise Http404
    form = ConfirmPasswordForm(request.POST or None, account=account)
    if request.method == "POST" and form.is_valid():
        services.totp_remove(actor=Actor.of(request), account=account)
        flash(request, gettext("The authenticator app has been removed."))
        return redirect("accounts:security")
    context = {"frame": frame(), "form": form, "active": "security"}
    return render(request, "accounts/factor_remove.html", context, status=422 if form.is_bound else 200)


@signed_in
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes; asks for the password."""
    account = person(request)
    if not account.has_second_factor:
        raise Http404
    form = ConfirmPasswordForm(request.POST or None, account=account)
    if request.method == "POST" and form.is_valid():
        return codes_page(request, services.recovery_codes_make(actor=Actor.of(request), account=account))
    context = {"frame": frame(), "form": form, "active": "security"}
    return render(request, "accounts/recovery_codes.html", context, status=422 if form.is_bound else 200)


@signed_in
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in."""
    here = sign_in.session_id(request)
    rows = [
        {"session": each, "device": describe(each.user_agent), "here": each.pk == here}
        for each in selectors.sessions_of(person(request))
    ]
    rows.sort(key=lambda row: not row["here"])
    context = {"frame": frame(), "rows": rows, "active": "sessions"}
    return render(request, "accounts/sessions.html", context)


@signed_in
@require_POST
def session_end(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """End one of one's own sessions; 404 for anybody else's."""
    if session_id == sign_in.session_id(request):
        sign_in.sign_out(request)
        return redirect("accounts:sign-in")
    if not services.session_end(actor=Actor.of(request), account=person(request), session_id=session_id):
        raise Http404
    flash(request, gettext("The session has been ended."))
    return redirect("accounts:sessions")


@signed_in
@require_POST
def sessions_end_others(request: HttpRequest) -> HttpResponse:
    """End all of one's sessions except this one."""
    services.sessions_end(actor=Actor.of(request), account=person(request), keep=sign_in.session_id(request))
    flash(request, gettext("All other sessions have been ended."))
    return redirect("accounts:sessions")
