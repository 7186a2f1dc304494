"""Who may sign in on which site (登录后端)."""

import uuid
from typing import Any

from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from asp.accounts import selectors
from asp.accounts.models import Account, AccountState


class SiteBackend:
    """Checks login and password among the accounts that may sign in on the current site.

    `login` is the stored account name: the form resolves phone numbers before, so that failures by
    account name and by phone count together. An unknown name takes as long as a wrong password.
    """

    def authenticate(
        self, request: HttpRequest | None, login: str = "", password: str = ""
    ) -> Account | None:
        """The account, or None. `request` is there for django-axes, which stands before this back end."""
        del request
        account = selectors.account_for_sign_in(login)
        if account is None or account.state != AccountState.ACTIVE:
            make_password(password)
            return None
        return account if account.check_password(password) else None

    def get_user(self, user_id: Any) -> Account | None:
        """The account of a session, unless it was disabled or belongs to another kind of site."""
        if not isinstance(user_id, uuid.UUID):
            return None
        account = Account.objects.filter(pk=user_id, state=AccountState.ACTIVE).first()
        return account if account is not None and selectors.belongs_here(account) else None
