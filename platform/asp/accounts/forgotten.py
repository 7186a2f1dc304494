"""Asking for a new password by mail."""

from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from asp.accounts import selectors, sources
from asp.accounts.models import Account, AccountState, LinkPurpose
from asp.accounts.services import link_issue
from asp.accounts.sign_in import actor_of
from asp.ui.errors import TooMany

# A mail box shall not be flooded by whoever knows an account name.
PAUSE = timedelta(minutes=5)


@transaction.atomic
def reset_request(request: HttpRequest, *, identifier: str) -> None:
    """Send a link if there is such an account with a mail address; the caller learns nothing.

    An invited account gets its activation again. Raises TooMany for a source that asks all the time:
    every request counts as an attempt.
    """
    address = sources.client_address(request)
    if sources.is_blocked(address):
        raise TooMany
    sources.failure_count(address)
    account = selectors.account_by_identifier(identifier)
    if account is None or not account.email or account.state == AccountState.DISABLED:
        return
    purpose = LinkPurpose.RESET if account.state == AccountState.ACTIVE else LinkPurpose.ACTIVATION
    if _recent(account, purpose):
        return
    link_issue(actor=actor_of(request, account), account=account, purpose=purpose, channel="mail")


def _recent(account: Account, purpose: LinkPurpose) -> bool:
    return account.links.filter(purpose=purpose, created_at__gt=timezone.now() - PAUSE).exists()
