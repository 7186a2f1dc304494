"""Accounts that upload."""

import secrets

from asp.audit.actor import Actor
from tenants.context import bureau_context
from tenants.site import BureauRef
from tests.support.client import SiteClient


def staff_client(bureau: BureauRef) -> SiteClient:
    """A new member of staff of `bureau`, signed in."""
    from asp.accounts.models import Account, AccountState
    from asp.accounts.services import account_create

    with bureau_context(bureau):
        account = account_create(
            actor=Actor.system("seed"), kind="staff", login=f"u{secrets.token_hex(6)}", name="王芳"
        )
        Account.objects.filter(pk=account.pk).update(state=AccountState.ACTIVE)
        account.refresh_from_db()
    return SiteClient(bureau).login_as(account)
