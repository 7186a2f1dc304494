"""A person's notifications and how they wish to be told."""

import uuid
from typing import cast

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from asp.accounts.access import signed_in
from asp.accounts.models import Account
from asp.jobs.pages import frame
from asp.messages.channels import relay_configured
from asp.notify import kinds, selectors, services
from asp.notify.bell import bell
from asp.notify.forms import WishesForm
from asp.notify.models import Notification, Wishes
from asp.ui.flash import flash
from tenants.context import current_site

PAGE_SIZE = 30


@signed_in
@require_safe
@never_cache
def notification_list(request: HttpRequest) -> HttpResponse:
    """What this person was told, newest first."""
    account = cast(Account, request.user)
    unread = request.GET.get("unread") == "1"
    page = Paginator(selectors.listed(account, unread=unread), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [(row, kinds.sentence(row.kind, row.params), kinds.icon(row.kind)) for row in page.object_list]
    context = {"frame": frame(request), "page": page, "rows": rows, "unread": unread}
    return render(request, "notify/list.html", context)


@signed_in
@require_safe
@never_cache
def bell_part(request: HttpRequest) -> HttpResponse:
    """The bell alone; pages fetch it when something was announced."""
    return render(request, "ui/_bell.html", {"bell": bell(request)})


@signed_in
@require_safe
@never_cache
def notification_open(request: HttpRequest, notification_id: uuid.UUID) -> HttpResponse:
    """Go to what a notification tells of; it is read then."""
    try:
        found = services.read(account=cast(Account, request.user), notification_id=notification_id)
    except Notification.DoesNotExist:
        raise Http404 from None
    return redirect(found.url or "notify:list")


@signed_in
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all as read that stood on the page; what came later stays unread."""
    try:
        until = uuid.UUID(request.POST.get("until", ""))
    except ValueError:
        until = None
    services.read_all(account=cast(Account, request.user), until=until)
    return redirect("notify:list")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def wishes(request: HttpRequest) -> HttpResponse:
    """Choose what is listed and what comes by mail, and when."""
    account = cast(Account, request.user)
    form = WishesForm(
        request.POST or None,
        kinds=kinds.kinds_on(current_site()),
        wishes=Wishes.objects.filter(account=account).first(),
    )
    if request.method == "POST" and form.is_valid():
        services.wishes_save(
            account=account,
            choices=form.choices(),
            quiet_from=form.cleaned_data["quiet_from"],
            quiet_until=form.cleaned_data["quiet_until"],
            daily_at=form.cleaned_data["daily_at"],
        )
        flash(request, gettext("Saved."))
        return redirect("notify:settings")
    can_mail = relay_configured() and bool(account.email)
    context = {"frame": frame(request), "form": form, "can_mail": can_mail, "email": account.email}
    return render(request, "notify/settings.html", context, status=422 if form.errors else 200)
