"""Accounts as the security administrator (安全管理员) sees them."""

import uuid

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from asp.accounts import links, selectors, services
from asp.accounts.access import duty
from asp.accounts.devices import describe
from asp.accounts.enrolment import qr_of
from asp.accounts.errors import NotForAdministrators
from asp.accounts.forms import AccountFilterForm
from asp.accounts.models import Account, AccountState, LinkChannel, LinkPurpose
from asp.accounts.views.pages import frame
from asp.audit.actor import Actor
from asp.messages.channels import relay_configured
from asp.ui.flash import flash
from tenants.context import current_site

PAGE_SIZE = 30


@duty("security")
@require_safe
def account_list(request: HttpRequest) -> HttpResponse:
    """All accounts of this site with state, second factor and last sign-in."""
    form = AccountFilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    accounts = selectors.account_list(
        text=chosen.get("q", ""), kind=chosen.get("kind", ""), state=chosen.get("state", "")
    )
    page = Paginator(accounts, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "frame": frame(),
        "form": form,
        "page": page,
        "filtered": any(chosen.values()),
        "staff_here": current_site().kind == "bureau",
    }
    template = (
        "accounts/_account_list.html" if getattr(request, "htmx", False) else "accounts/account_list.html"
    )
    return render(request, template, context)


@duty("security")
@require_safe
def account_detail(request: HttpRequest, account_id: uuid.UUID) -> HttpResponse:
    """One account: what protects it, where it is signed in, which roles reach it."""
    account = selectors.account_get(account_id)
    context = {
        "frame": frame(),
        "account": account,
        "own": account.pk == request.user.pk,
        "locked": selectors.is_locked(account),
        "sessions": [
            {"session": each, "device": describe(each.user_agent)} for each in selectors.sessions_of(account)
        ],
        "roles": selectors.roles_of(account),
        "relay": relay_configured(),
        "invited": account.state == AccountState.INVITED,
    }
    return render(request, "accounts/account_detail.html", context)


@duty("security")
@require_POST
def account_unlock(request: HttpRequest, account_id: uuid.UUID) -> HttpResponse:
    """Let somebody try again after too many failures."""
    account = selectors.account_get(account_id)
    services.account_unlock(actor=Actor.of(request), account=account)
    return _done(request, account, gettext("The account has been unlocked."))


@duty("security")
@require_POST
def account_disable(request: HttpRequest, account_id: uuid.UUID) -> HttpResponse:
    """Close an account of staff."""
    account = selectors.account_get(account_id)
    services.account_disable(actor=Actor.of(request), account=account)
    return _done(request, account, gettext("The account has been disabled and signed out everywhere."))


@duty("security")
@require_POST
def account_enable(request: HttpRequest, account_id: uuid.UUID) -> HttpResponse:
    """Open a disabled account again."""
    account = selectors.account_get(account_id)
    services.account_enable(actor=Actor.of(request), account=account)
    return _done(request, account, gettext("The account is open again."))


@duty("security")
@require_POST
def factor_reset(request: HttpRequest, account_id: uuid.UUID) -> HttpResponse:
    """Remove a lost second factor."""
    account = selectors.account_get(account_id)
    services.second_factor_reset(actor=Actor.of(request), account=account)
    return _done(request, account, gettext("The second factor has been removed."))


@duty("security")
@require_POST
def sessions_end(request: HttpRequest, account_id: uuid.UUID) -> HttpResponse:
    """Sign somebody out everywhere."""
    account = selectors.account_get(account_id)
    services.sessions_end(actor=Actor.of(request), account=account)
    return _done(request, account, gettext("All sessions have been ended."))


@duty("security")
@require_POST
def link_issue(request: HttpRequest, account_id: uuid.UUID) -> HttpResponse:
    """Send or print a link: activation, or a new password for an active account.

    Links of the three administrators go by mail only: whoever can print one can become the other.
    """
    account = selectors.account_get(account_id)
    mail = request.POST.get("channel") != LinkChannel.SLIP
    if account.is_administrator and not mail:
        raise NotForAdministrators
    link = services.link_issue(
        actor=Actor.of(request),
        account=account,
        purpose=LinkPurpose.ACTIVATION if account.state == AccountState.INVITED else LinkPurpose.RESET,
        channel=LinkChannel.MAIL if mail else LinkChannel.SLIP,
    )
    if mail:
        return _done(
            request, account, gettext("The link has been sent to {email}.").format(email=account.email)
        )
    url = links.link_url(link)
    context = {"slips": [{"account": account, "link": link, "url": url, "qr": qr_of(url)}]}
    response = render(request, "accounts/slips.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _done(request: HttpRequest, account: Account, text: str) -> HttpResponse:
    flash(request, text)
    return redirect("accounts:account-detail", account_id=account.pk)
