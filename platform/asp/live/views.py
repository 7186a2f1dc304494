"""The ticket for the event stream."""

from typing import cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from asp.accounts.access import signed_in
from asp.accounts.models import Account
from asp.live import audiences, tickets
from tenants.context import current_site


@signed_in
@require_safe
def ticket(request: HttpRequest) -> HttpResponse:
    """What this person's pages may hear for the next minutes; asking for it is no activity of the person."""
    request.is_poll = True  # type: ignore[attr-defined]
    account = cast(Account, request.user)
    heard = [audiences.account(account.pk), audiences.everybody()]
    if account.is_administrator and account.duty:
        heard.append(audiences.duty(account.duty))
    token = tickets.issue(
        site=current_site().key,
        host=request.get_host(),
        account=str(account.pk),
        session_key=request.session.session_key or "",
        audiences=heard,
    )
    return JsonResponse(
        {"ticket": token, "seconds": tickets.SECONDS}, headers={"Cache-Control": "private, no-store"}
    )
